import { CorruptLogError, FileNotFoundError } from './errors.ts';
import type { FileState } from './file-state.ts';
import { openTable } from './open-table.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * The removed files that a snapshot still knows of. They are read when they are first asked for, which may be long after the snapshot
 * was opened: where the checkpoint that it began with has been cleaned away behind a newer one, they are read from that.
 */
export async function removedFiles({ root, version, state }: Snapshot): Promise<FileState['tombstones']> {
  try {
    return await state.files.tombstones();
  } catch (error) {
    if (!(error instanceof CorruptLogError || error instanceof FileNotFoundError)) throw error;
    return await (await openTable(root, { version })).state.files.tombstones();
  }
}
