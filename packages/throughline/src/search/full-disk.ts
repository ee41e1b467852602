import { statfs } from 'node:fs/promises';
import { EXIT, ThroughlineError } from '../error.ts';

/** The search engine does not say why it cannot write: where a disk has less room than this, that is why. */
const LITTLE_ROOM = 64 * 1024 * 1024;

/** The failure of an index build in `folder`: that its disk is full, or else the error itself. */
export async function orFullDisk(error: unknown, folder: string): Promise<unknown> {
  if (!(error instanceof ThroughlineError) || error.exitCode !== EXIT.internal) return error;
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= LITTLE_ROOM) return error;
  const room = `its disk has ${Math.floor((bavail * bsize) / 1_000_000)} MB of space left`;
  return new ThroughlineError(`${error.message}; ${room}`, {
    code: 'enospc',
    exitCode: EXIT.cannotWrite,
    hint: 'Free some space and run again: the tables are complete, and the old index still serves.',
    cause: error,
  });
}
