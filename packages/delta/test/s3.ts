import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Engine } from '../../../engines/engine.ts';
import { type Moto, moto } from '../../../engines/moto.ts';

const BUCKET = 'tables';

/**
 * An S3 server for the tests of one file, as the environment of this process names it, with an empty cache of
 * its own. `skip` says why there is none.
 */
export async function s3ForTests(): Promise<Engine<Moto> & { skip: string | false }> {
  const server = await moto();
  if (!server.ok) return { ...server, skip: server.reason };
  const cache = await mkdtemp(join(tmpdir(), 'delta-cache-'));
  Object.assign(process.env, server.env, { THROUGHLINE_DELTA_CACHE: cache });
  after(async () => {
    await server.stop();
    await rm(cache, { recursive: true, force: true });
  });
  await server.createBucket(BUCKET);
  return { ...server, skip: false };
}

/** A root below which there is nothing. */
export function emptyPrefix(): string {
  return `s3://${BUCKET}/lake/${randomUUID()}`;
}
