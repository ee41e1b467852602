/** An S3 server for the tests of one file, as the environment of this process and of the commands it runs names it. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { moto } from '../../../engines/moto.ts';

const BUCKET = 'lakes';

export interface S3ForTests {
  /** Why there is none, or false. */
  skip: string | false;
  /** `http://127.0.0.1:PORT` */
  endpoint: string;
  /** The user's cache folder, empty at first. */
  cache: string;
}

export async function s3ForTests(): Promise<S3ForTests> {
  const server = await moto();
  if (!server.ok) return { skip: server.reason, endpoint: '', cache: '' };
  const cache = await mkdtemp(join(tmpdir(), 'throughline-cache-'));
  Object.assign(process.env, server.env, { XDG_CACHE_HOME: cache });
  after(async () => {
    await server.stop();
    await rm(cache, { recursive: true, force: true });
  });
  await server.createBucket(BUCKET);
  return { skip: false, endpoint: server.endpoint, cache };
}

/** A place where there is no lake yet. */
export function emptyLake(): string {
  return `s3://${BUCKET}/some prefix/${randomUUID()}`;
}
