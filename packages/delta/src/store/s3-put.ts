import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError, UnsupportedStoreError } from '../errors.ts';
import type { S3Place } from './s3-client.ts';
import { isMissing, s3Error, statusOf } from './s3-error.ts';
import { readObject } from './s3-get.ts';

/** Writes an object, whatever was there. */
export async function putObject(place: S3Place, body: Buffer): Promise<void> {
  const { connection, bucket, key } = place;
  try {
    await connection.s3.putObject({ Bucket: bucket, Key: key, Body: body });
  } catch (error) {
    throw s3Error(error, place);
  }
}

/**
 * Writes an object that must not be there: true when it is now there, false when another is. The bytes of two
 * writers must differ: when the answer to our own put got lost, and the put that the SDK (or a proxy) then made
 * again finds the object there, its bytes are how we know it.
 */
export async function putObjectIfAbsent(place: S3Place, body: Buffer): Promise<boolean> {
  const { connection, bucket, key } = place;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      await connection.s3.putObject({ Bucket: bucket, Key: key, Body: body, IfNoneMatch: '*' });
      return true;
    } catch (error) {
      const isTaken = statusOf(error) === 412;
      if (!isTaken && statusOf(error) !== 409) throw s3Error(error, place);
      const there = isTaken ? await readObject(place) : undefined;
      if (there !== undefined) return there.equals(body);
    }
    await sleep(conflictWaitMs(attempt)); // another put of this key is under way, or it was just removed
  }
  const message = `s3://${bucket}/${key}: other writers put it ${ATTEMPTS} times at the same moment; try again.`;
  throw new StoreError(message, 'unavailable');
}

const ATTEMPTS = 12;
const LONGEST_WAIT_MS = 1000;

/** Doubles from 10 ms, and is spread so that writers that met once do not meet again. */
export function conflictWaitMs(attempt: number): number {
  return Math.min(LONGEST_WAIT_MS, 5 * 2 ** attempt) * (0.5 + Math.random() / 2);
}

/**
 * Makes sure, once for a process and bucket, that a second put of one key is refused there: there are servers
 * that do not know `If-None-Match` and just overwrite, and on them every commit could destroy another. The
 * object that this takes is beside `_delta_log`, and removed; one that a kill leaves goes with `vacuum`. Throws
 * UnsupportedStoreError.
 */
export async function checkConditionalPut(root: S3Place): Promise<void> {
  const { connection, bucket } = root;
  const known = connection.conditionalPuts.get(bucket);
  if (known !== undefined) return await known;
  const check = putTwice({ ...root, key: `${root.key}.${randomUUID()}.tmp` });
  connection.conditionalPuts.set(bucket, check);
  check.catch(() => connection.conditionalPuts.delete(bucket));
  await check;
}

async function putTwice(probe: S3Place): Promise<void> {
  try {
    const first = await putObjectIfAbsent(probe, Buffer.from('first'));
    const second = await putObjectIfAbsent(probe, Buffer.from('second'));
    if (first && !second) return;
  } catch (error) {
    throw isRefusal(error) ? unsupported(probe, error) : error;
  } finally {
    await removeObject(probe);
  }
  throw unsupported(probe);
}

/** The server says that it does not do this: 501, or a 400 that has no reason of its own. */
function isRefusal(error: unknown): boolean {
  if (error instanceof UnsupportedStoreError) return true;
  if (!(error instanceof StoreError) || error.reason !== 'failed') return false;
  return (error.cause as { httpStatusCode?: number } | undefined)?.httpStatusCode === 400;
}

function unsupported({ connection, bucket }: S3Place, cause?: unknown): UnsupportedStoreError {
  const message =
    `s3://${bucket} at ${connection.endpoint} does not refuse a second put of a key (If-None-Match: *), so a ` +
    'commit cannot be made safe against another writer. Use a store with conditional writes (Amazon S3, MinIO, ' +
    'Cloudflare R2), a newer version of the server, or a disk.';
  return new UnsupportedStoreError(message, { cause });
}

/** Takes an object away; it need not be there. */
export async function removeObject(place: S3Place): Promise<void> {
  const { connection, bucket, key } = place;
  try {
    await connection.s3.deleteObject({ Bucket: bucket, Key: key });
  } catch (error) {
    if (!isMissing(error)) throw s3Error(error, place);
  }
}
