/** Folders that belong to one process: its name is in theirs, so that others can remove what a killed one left. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, thisProcess } from './chunk/owner.ts';

/** Others do not see what is in it. */
const PRIVATE = 0o700;

/** Makes an empty folder in `parent`, after removing those with this prefix whose processes are gone. */
export async function makeOwnedFolder(parent: string, prefix: string, mode = PRIVATE): Promise<string> {
  await mkdir(parent, { recursive: true });
  await removeAbandoned(parent, prefix);
  const folder = join(
    parent,
    `${prefix}${encodeURIComponent(thisProcess())}-${randomBytes(8).toString('hex')}`,
  );
  await mkdir(folder, mode);
  return folder;
}

async function removeAbandoned(parent: string, prefix: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(prefix));
  for (const name of names) {
    // Without its random end.
    const owner = decodeOwner(name.slice(prefix.length, name.lastIndexOf('-')));
    if (owner === undefined || isAlive(owner) !== false) continue;
    // It may be another user's.
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => {});
  }
}

function decodeOwner(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
