import { CorruptLogError, FileNotFoundError } from './errors.ts';
import type { FileState } from './file-state.ts';
import { openTable } from './open-table.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * The live files of a snapshot, and the removed ones that it still knows of. They are read when they are first asked for, which may be
 * long after the snapshot was opened: where the checkpoint that it began with has been cleaned away behind a newer one, they are read from that.
 */
export async function fileListsOf(snapshot: Snapshot): Promise<FileState> {
  try {
    return await read(snapshot);
  } catch (error) {
    if (!(error instanceof CorruptLogError || error instanceof FileNotFoundError)) throw error;
    return await read(await openTable(snapshot.root, { version: snapshot.version }));
  }
}

async function read({ state: { files } }: Snapshot): Promise<FileState> {
  return { live: await files.live(), tombstones: await files.tombstones() };
}
