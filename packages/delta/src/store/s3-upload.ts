import { type FileHandle, open } from 'node:fs/promises';
import type { S3 } from '@aws-sdk/client-s3';
import type { S3Place } from './s3-client.ts';

/** What applies to the object as a whole, however many parts it is sent in. */
export interface UploadOptions {
  IfNoneMatch?: '*';
  Metadata?: Record<string, string>;
}

/**
 * Sends a file of the local disk: in one piece up to 8 MiB, else in parts, four at a time. Memory: at most four
 * parts (32 MiB, more only above 80 GB, because an object has at most 10,000 parts). Parts are read into memory
 * so that the SDK can send one again. When anything fails, the parts are given up, and the SDK's error is thrown.
 */
export async function uploadFile(
  place: S3Place,
  localPath: string,
  options: UploadOptions,
  partBytes = PART_BYTES,
): Promise<void> {
  const file = await open(localPath, 'r');
  try {
    const { size } = await file.stat();
    if (size > partBytes)
      await sendParts(place, file, size, Math.max(partBytes, Math.ceil(size / MOST_PARTS)), options);
    else await sendWhole(place, await readPart(file, 0, size), options);
  } finally {
    await file.close();
  }
}

export const PART_BYTES = 8 * 1024 * 1024;
const MOST_PARTS = 10_000;
const PARTS_AT_ONCE = 4;

async function sendWhole(
  { connection, bucket, key }: S3Place,
  body: Buffer,
  options: UploadOptions,
): Promise<void> {
  await connection.s3.putObject({ Bucket: bucket, Key: key, Body: body, ...options });
}

async function sendParts(
  { connection: { s3 }, bucket, key }: S3Place,
  file: FileHandle,
  size: number,
  partBytes: number,
  { IfNoneMatch, Metadata }: UploadOptions,
): Promise<void> {
  const object = { Bucket: bucket, Key: key };
  const { UploadId } = await s3.createMultipartUpload({ ...object, Metadata });
  const upload = { ...object, UploadId };
  try {
    const parts = await uploadParts(s3, upload, file, size, partBytes);
    await s3.completeMultipartUpload({ ...upload, MultipartUpload: { Parts: parts }, IfNoneMatch });
  } catch (error) {
    // Parts that stay are paid for and seen by nobody. What failed first is what the caller must hear of.
    await s3.abortMultipartUpload(upload).catch(() => {});
    throw error;
  }
}

type Upload = { Bucket: string; Key: string; UploadId: string | undefined };
type Part = { PartNumber: number; ETag: string | undefined; ChecksumCRC32?: string | undefined };

async function uploadParts(
  s3: S3,
  upload: Upload,
  file: FileHandle,
  size: number,
  partBytes: number,
): Promise<Part[]> {
  const parts: Part[] = [];
  let [next, failed] = [0, false];
  const sendNext = async (): Promise<void> => {
    while (next * partBytes < size && !failed) {
      const index = next++;
      const body = await readPart(file, index * partBytes, Math.min(partBytes, size - index * partBytes));
      const PartNumber = index + 1;
      const { ETag, ChecksumCRC32 } = await s3.uploadPart({ ...upload, PartNumber, Body: body });
      parts[index] = { PartNumber, ETag, ChecksumCRC32 };
    }
  };
  const stopAll = (error: unknown) => {
    failed = true;
    throw error;
  };
  const sent = await Promise.allSettled(
    Array.from({ length: PARTS_AT_ONCE }, () => sendNext().catch(stopAll)),
  );
  const failure = sent.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return parts;
}

async function readPart(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) throw new Error('The file became shorter while it was uploaded.');
    filled += bytesRead;
  }
  return buffer;
}
