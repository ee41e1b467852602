import type { Action, DomainMetadata, MetadataAction, Protocol } from './actions.ts';
import { logicalPartitions } from './column-mapping.ts';
import { CorruptLogError, UnsupportedFeatureError } from './errors.ts';
import { fileChanges, type LazyFiles, NO_FILES } from './file-state.ts';
import { checkReadable } from './protocol.ts';
import { parseSchema } from './schema.ts';
import { type Metadata, NO_CHECKPOINT, type Seen, type Snapshot, thisMoment, withSeen } from './snapshot.ts';

/** The actions that bring a snapshot to `version`: those of a commit, or of a checkpoint but for its files. */
export interface Step {
  version: number;
  timestamp: number;
  actions: readonly Action[];
}

/** What commits are replayed on: a snapshot, a checkpoint's files, or nothing. */
export type ReplayBase = Snapshot | LazyFiles | undefined;

/**
 * The snapshot after these steps ("Action Reconciliation"): the last protocol and metaData count, the last
 * txn of each application, and of each file the last add or remove. `base` stays as it is.
 */
export function replay(root: string, base: ReplayBase, steps: readonly Step[], seenNow?: Seen): Snapshot {
  const before = base !== undefined && 'state' in base ? base : undefined;
  const seen = seenNow ?? before?.state.seen ?? { at: thisMoment(), checkpoint: NO_CHECKPOINT };
  const last = steps.at(-1);
  if (last === undefined) {
    if (before === undefined) throw new CorruptLogError(`The log of ${root} is empty.`);
    return seenNow === undefined ? before : withSeen(before, seenNow);
  }
  const { protocol, metadata, txns, domains } = lastWords(before, steps);
  if (protocol === undefined || metadata === undefined) {
    throw new CorruptLogError(
      `The log of ${root} has no ${protocol ? 'metaData' : 'protocol'} up to version ${last.version}.`,
    );
  }
  checkReadable(root, protocol, metadata);
  const files = filesOf(base).after(fileChanges(steps.flatMap(({ actions }) => actions)));
  const snapshot = {
    root,
    version: last.version,
    timestamp: last.timestamp,
    protocol,
    metadata,
    txn: (appId: string) => txns.get(appId),
    txns: () => txns,
  };
  return withFiles({ ...snapshot, state: { files, domains, seen } }, files);
}

/** The same snapshot, with the files from there. */
export function withFiles(snapshot: Omit<Snapshot, 'files'>, files: LazyFiles): Snapshot {
  const { metadata, state } = snapshot;
  return {
    ...snapshot,
    files: async () => logicalPartitions(metadata, await files.live()),
    state: { ...state, files },
  };
}

function filesOf(base: ReplayBase): LazyFiles {
  if (base === undefined) return NO_FILES;
  return 'state' in base ? base.state.files : base;
}

interface LastWords {
  protocol: Protocol | undefined;
  metadata: Metadata | undefined;
  txns: ReadonlyMap<string, number>;
  domains: ReadonlyMap<string, DomainMetadata>;
}

function lastWords(base: Snapshot | undefined, steps: readonly Step[]): LastWords {
  let protocol = base?.protocol;
  let metadata = base?.metadata;
  const txns = new Map(base?.txns());
  const domains = new Map(base?.state.domains);
  for (const { actions } of steps) {
    for (const action of actions) {
      if ('txn' in action) txns.set(action.txn.appId, action.txn.version);
      else if ('protocol' in action) protocol = action.protocol;
      else if ('metaData' in action) metadata = parseMetadata(action.metaData);
      else if ('domainMetadata' in action) domains.set(action.domainMetadata.domain, action.domainMetadata);
    }
  }
  return { protocol, metadata, txns, domains };
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
