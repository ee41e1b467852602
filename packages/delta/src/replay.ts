import type { Action, AddFile, MetadataAction, Protocol, RemoveFile } from './actions.ts';
import { CorruptLogError, UnsupportedFeatureError } from './errors.ts';
import { checkReadable } from './protocol.ts';
import { parseSchema } from './schema.ts';
import type { Metadata, Snapshot } from './snapshot.ts';

/** What brings a snapshot from one version to the next: a commit, or a checkpoint that stands for all before it. */
export interface Step {
  version: number;
  timestamp: number;
  actions: readonly Action[];
}

/**
 * The snapshot after these steps ("Action Reconciliation"): the last protocol and metaData count, the last
 * txn of each application, and of each path the last add or remove. Pure; `base` stays as it is.
 */
export function replay(root: string, base: Snapshot | undefined, steps: readonly Step[]): Snapshot {
  const last = steps.at(-1);
  if (last === undefined) {
    if (base === undefined) throw new CorruptLogError(`The log of ${root} is empty.`);
    return base;
  }
  const changes = collect(base, steps);
  const { protocol, metadata, txns } = changes;
  if (protocol === undefined || metadata === undefined) {
    throw new CorruptLogError(
      `The log of ${root} has no ${protocol ? 'metaData' : 'protocol'} up to version ${last.version}.`,
    );
  }
  checkReadable(root, protocol);
  return {
    root,
    version: last.version,
    timestamp: last.timestamp,
    protocol,
    metadata,
    files: liveFiles(base?.files ?? [], changes.added, changes.removed),
    tombstones: tombstonesAfter(base?.tombstones, changes.added, changes.removed),
    txn: (appId) => txns.get(appId),
    txns: () => txns,
  };
}

interface Changes {
  protocol: Protocol | undefined;
  metadata: Metadata | undefined;
  txns: ReadonlyMap<string, number>;
  added: Map<string, AddFile>;
  removed: Map<string, RemoveFile>;
}

function collect(base: Snapshot | undefined, steps: readonly Step[]): Changes {
  let protocol = base?.protocol;
  let metadata = base?.metadata;
  const txns = new Map(base?.txns());
  const added = new Map<string, AddFile>();
  const removed = new Map<string, RemoveFile>();
  for (const { actions } of steps) {
    for (const action of actions) {
      if ('add' in action) {
        removed.delete(action.add.path);
        added.set(action.add.path, liveFile(action.add));
      } else if ('remove' in action) {
        added.delete(action.remove.path);
        removed.set(action.remove.path, action.remove);
      } else if ('txn' in action) txns.set(action.txn.appId, action.txn.version);
      else if ('protocol' in action) protocol = action.protocol;
      else if ('metaData' in action) metadata = parseMetadata(action.metaData);
    }
  }
  return { protocol, metadata, txns, added, removed };
}

/** An empty string and null are one value of a partition ("Partition Value Serialization"): here it is null. */
function liveFile(add: AddFile): AddFile {
  const values = Object.entries(add.partitionValues ?? {});
  return {
    ...add,
    partitionValues: Object.fromEntries(values.map(([column, value]) => [column, value || null])),
  };
}

function parseMetadata(action: MetadataAction): Metadata {
  const provider = action.format?.provider ?? 'parquet';
  if (provider !== 'parquet')
    throw new UnsupportedFeatureError(`Data files of format ${provider} are not supported.`);
  return {
    id: action.id,
    ...(action.name == null ? {} : { name: action.name }),
    ...(action.description == null ? {} : { description: action.description }),
    schema: parseSchema(action.schemaString),
    partitionColumns: action.partitionColumns ?? [],
    configuration: action.configuration ?? {},
    ...(action.createdTime == null ? {} : { createdTime: action.createdTime }),
  };
}

/** Merges sorted lists, so that a small commit on a large table stays cheap. */
function liveFiles(
  before: readonly AddFile[],
  added: ReadonlyMap<string, AddFile>,
  removed: ReadonlyMap<string, RemoveFile>,
): AddFile[] {
  const fresh = [...added.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const files: AddFile[] = [];
  let next = 0;
  for (const file of before) {
    if (added.has(file.path) || removed.has(file.path)) continue;
    while (next < fresh.length && fresh[next]!.path < file.path) files.push(fresh[next++]!);
    files.push(file);
  }
  while (next < fresh.length) files.push(fresh[next++]!);
  return files;
}

function tombstonesAfter(
  before: ReadonlyMap<string, RemoveFile> | undefined,
  added: ReadonlyMap<string, AddFile>,
  removed: ReadonlyMap<string, RemoveFile>,
): ReadonlyMap<string, RemoveFile> {
  const tombstones = new Map(before);
  for (const path of added.keys()) tombstones.delete(path);
  for (const [path, remove] of removed) tombstones.set(path, remove);
  return tombstones;
}
