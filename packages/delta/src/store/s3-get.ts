import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { StoreError } from '../errors.ts';
import type { S3Place } from './s3-client.ts';
import { isMissing, isNetwork, s3Error } from './s3-error.ts';

export interface S3Head {
  size: number;
  /** LastModified: whole seconds, in milliseconds since the epoch. */
  modificationTime: number;
  etag: string;
  metadata: Record<string, string>;
}

/** What is known of an object, or undefined when it is not there. */
export async function headObject(place: S3Place): Promise<S3Head | undefined> {
  const { connection, bucket, key } = place;
  try {
    const head = await connection.s3.headObject({ Bucket: bucket, Key: key });
    return {
      size: head.ContentLength ?? 0,
      modificationTime: head.LastModified?.getTime() ?? 0,
      etag: head.ETag ?? '',
      metadata: head.Metadata ?? {},
    };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw s3Error(error, place);
  }
}

/** The whole object, or undefined when it is not there. */
export async function readObject(place: S3Place): Promise<Buffer | undefined> {
  return await untilWhole(place, async ({ Body }) => Buffer.from(await Body!.transformToByteArray()));
}

/** The object's bytes from `start` on, or undefined when it is not there, or no longer the one of this ETag. */
export async function readObjectFrom(
  place: S3Place,
  etag: string,
  start: number,
): Promise<Buffer | undefined> {
  const take = async ({ Body, ETag }: GetObjectCommandOutput) => {
    const bytes = Buffer.from(await Body!.transformToByteArray());
    return ETag === etag ? bytes : undefined;
  };
  return await untilWhole(place, take, start);
}

/** Writes the object to a local file; false when it is not there, or no longer the one of this ETag. */
export async function downloadObject(place: S3Place, etag: string, toPath: string): Promise<boolean> {
  const whole = await untilWhole(place, async ({ Body, ContentLength, ETag }) => {
    const body = Body as Readable;
    if ((ETag ?? '') !== etag) {
      body.destroy();
      return false;
    }
    const file = createWriteStream(toPath, { flags: 'w', mode: 0o600, flush: true });
    await pipeline(body, file);
    if (ContentLength !== undefined && file.bytesWritten !== ContentLength) {
      throw Object.assign(new Error(`${file.bytesWritten} of ${ContentLength} bytes`), {
        code: 'ECONNRESET',
      });
    }
    return true;
  });
  return whole === true;
}

const ATTEMPTS = 3;

/** The SDK asks again until an answer begins; when it then breaks off, this does. */
async function untilWhole<T>(
  place: S3Place,
  take: (answer: GetObjectCommandOutput) => Promise<T>,
  start = 0,
): Promise<T | undefined> {
  const { connection, bucket, key } = place;
  for (let attempt = 1; ; attempt++) {
    let answer: GetObjectCommandOutput;
    try {
      const range = start === 0 ? {} : { Range: `bytes=${start}-` };
      answer = await connection.s3.getObject({ Bucket: bucket, Key: key, ...range });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw s3Error(error, place);
    }
    try {
      return await take(answer);
    } catch (error) {
      const isBroken = isNetwork(error) || isDamaged(error);
      if (isBroken && attempt < ATTEMPTS) continue;
      if (!isDamaged(error)) throw s3Error(error, place);
      const message = `s3://${place.bucket}/${place.key} arrived damaged ${ATTEMPTS} times; check the network.`;
      throw new StoreError(message, 'failed', { cause: error });
    }
  }
}

/** The SDK compares the checksum that the object was stored with. */
function isDamaged(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Checksum mismatch');
}
