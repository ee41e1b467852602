import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3Place } from './s3-client.ts';
import { readObjectFrom, type S3Head } from './s3-get.ts';
import type { LocalFile } from './store.ts';

/** As much as the footers of most files need. */
const FIRST_BYTES = 64 * 1024;
/** At the end of a file of Parquet: the length of its footer, and this. */
const MAGIC = Buffer.from('PAR1');
const TAIL_BYTES = 8;

/**
 * A local file of the object's size that has its first bytes and its footer; the rest is a hole that takes no room.
 * Undefined when the object is not there, or was replaced meanwhile. A file that is not Parquet is copied whole, for
 * its reader to refuse.
 */
export async function fetchFooter(
  place: S3Place,
  { size, etag }: S3Head,
  folder: string,
): Promise<LocalFile | undefined> {
  let start = Math.max(0, size - FIRST_BYTES);
  let end = await readObjectFrom(place, etag, start);
  if (end !== undefined && footerStart(end, size) < start) {
    start = Math.max(0, footerStart(end, size));
    end = await readObjectFrom(place, etag, start);
  }
  if (end === undefined) return undefined;
  const localPath = join(folder, `${randomUUID()}.parquet`);
  await using file = await open(localPath, 'wx', 0o600);
  if (start > 0) await file.write(MAGIC, 0, MAGIC.length, 0);
  await file.write(end, 0, end.length, start);
  return { localPath, release: () => rm(localPath, { force: true }) };
}

/** Where the footer begins (Parquet format, "File Format"): below 0 if this is no file of Parquet. */
function footerStart(end: Buffer, size: number): number {
  if (end.length < TAIL_BYTES || !end.subarray(-MAGIC.length).equals(MAGIC)) return -1;
  return size - TAIL_BYTES - end.readUInt32LE(end.length - TAIL_BYTES);
}
