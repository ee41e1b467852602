import type { Action, MetadataAction } from './actions.ts';
import { writeCheckpoint } from './checkpoint-file.ts';
import { fileListsOf } from './file-lists.ts';
import type { FileState } from './file-state.ts';
import { LAST_CHECKPOINT } from './log-name.ts';
import type { LastCheckpoint } from './log-segment.ts';
import { checkWritable } from './protocol.ts';
import type { Metadata, Snapshot } from './snapshot.ts';
import { openStore } from './store/store.ts';

/**
 * Writes the classic checkpoint of this snapshot and points `_last_checkpoint` at it. It changes nothing that a
 * reader sees, may be repeated, and does not delete commits. Every txn is kept for ever: they are what makes a
 * repeated commit a no-op.
 */
export async function checkpoint(snapshot: Snapshot, options: { clock?: () => number } = {}): Promise<void> {
  await writeCheckpointOf(snapshot, options.clock ?? Date.now);
}

/** The files that the checkpoint holds: removed ones that have expired are forgotten ("Checkpoints"). */
export async function writeCheckpointOf(
  snapshot: Snapshot,
  clock: () => number,
): Promise<{ files: FileState; last: LastCheckpoint }> {
  const { files, ...pointer } = await writeCheckpointFile(snapshot, clock);
  await openStore(snapshot.root).replace(LAST_CHECKPOINT, JSON.stringify(pointer));
  return { files, last: { version: pointer.version, actions: pointer.size } };
}

/** The checkpoint alone: `_last_checkpoint` may name a newer one. */
export async function writeCheckpointFile(snapshot: Snapshot, clock: () => number = Date.now) {
  checkWritable(snapshot);
  const { version } = snapshot;
  const files = await filesToKeep(snapshot, clock());
  const actions = checkpointActions(snapshot, files);
  const sizeInBytes = await writeCheckpoint(openStore(snapshot.root), version, actions);
  return { version, size: actions.length, sizeInBytes, numOfAddFiles: files.live.length, files };
}

async function filesToKeep(snapshot: Snapshot, now: number): Promise<FileState> {
  const { metadata } = snapshot;
  const { live, tombstones } = await fileListsOf(snapshot);
  const expired = now - retentionMs(metadata.configuration['delta.deletedFileRetentionDuration']);
  const kept = [...tombstones].filter(([, { deletionTimestamp = 0 }]) => deletionTimestamp > expired);
  return { live, tombstones: new Map(kept) };
}

/** What stands for all commits up to the snapshot. */
function checkpointActions(snapshot: Snapshot, files: FileState): Action[] {
  return [
    { protocol: snapshot.protocol },
    { metaData: metadataAction(snapshot.metadata) },
    ...[...snapshot.txns()].map(([appId, version]) => ({ txn: { appId, version } })),
    ...[...snapshot.state.domains.values()]
      .filter(({ removed }) => !removed)
      .map((domainMetadata) => ({ domainMetadata })),
    ...[...files.tombstones.values()].map((remove) => ({ remove })),
    ...files.live.map((add) => ({ add })),
  ];
}

export function metadataAction(metadata: Metadata): MetadataAction {
  const { schema, ...rest } = metadata;
  return { ...rest, format: { provider: 'parquet', options: {} }, schemaString: JSON.stringify(schema) };
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const UNIT_MS: Record<string, number> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: WEEK_MS / 7,
  week: WEEK_MS,
};

/** "interval 2 days" in milliseconds. What cannot be read counts as `otherwise`, a week. */
export function retentionMs(interval: string | undefined, otherwise = WEEK_MS): number {
  const match = /^(?:interval\s+)?(\d+)\s+([a-z]+?)s?$/i.exec(interval?.trim() ?? '');
  const unit = match ? UNIT_MS[match[2]!.toLowerCase()] : undefined;
  return match && unit !== undefined ? Number(match[1]) * unit : otherwise;
}
