/**
 * Publication of a micro-batch: one commit per table that takes away what was there of its ids and adds its rows, whatever
 * chunks they are in, with the stream's position (and 1) as transaction version. Order: dead_letters, records, passages; the
 * passages commit is the publication, and its version is where the stream goes on.
 */
import { type AddFile, history, merge, refresh, type Snapshot } from '@throughline/delta';
import { BUILD_TABLES, type Build, type BuildTable, refreshTables } from './build.ts';
import { digestOf } from './canonical.ts';

export interface StreamCommit {
  pipelineId: string;
  build: Build;
  stream: string;
  /** Position that must be the committed one; null: none. */
  after: number | null;
  to: number;
  /** Rows of these go from each table, unless they are in `files`. */
  ids: ReadonlySet<string>;
  /** Further ids of dead letters, which are no records. */
  deadIds: ReadonlySet<string>;
  files: ReadonlyMap<BuildTable, readonly AddFile[]>;
  told: Omit<StreamPublication['batch'], 'id'>;
  clock: () => number;
}

/** What the commits of a micro-batch say of it. */
export interface StreamPublication {
  stream: string;
  after: number | null;
  to: number;
  batch: {
    run: string;
    /** Digest of what it holds: two of one run that have the same are one that was tried again. */
    id: string;
    changes: number;
    records: number;
    passages: number;
    deadLetters: number;
    /** When the newest change came into being, in milliseconds since 1970 UTC. */
    newest?: number;
    /** Changes that were known to be behind it. */
    behind?: number;
  };
}

/** Where a stream stands: the position in the passages table; null where nothing of it was ever published. */
export function committedPosition(
  pipelineId: string,
  { info, tables }: Build,
  stream: string,
): number | null {
  return positionOf(tables.passages.txn(appId(pipelineId, info.digest, 'passages', stream)));
}

/** Of all streams that a build has. */
export function committedPositions(pipelineId: string, { info, tables }: Build): Map<string, number> {
  const prefix = appId(pipelineId, info.digest, 'passages', '');
  const ours = [...tables.passages.txns()].filter(([name]) => name.startsWith(prefix));
  return new Map(ours.map(([name, version]) => [name.slice(prefix.length), positionOf(version)!]));
}

export interface StreamCommitted {
  /** Whether the batch is published. */
  committed: boolean;
  /** Chunks that have other rows now: those that got some, and those that lost some. */
  chunks: ReadonlySet<string>;
}

/**
 * Not committed where another process has committed to the stream since `after`: then nothing more of this batch is committed, and what
 * was is what the other one commits as well, or replaces. Throws what the tables' store throws; the same call may be made again.
 */
export async function commitStream(commit: StreamCommit): Promise<StreamCommitted> {
  const { pipelineId, build, stream, after, to, ids, deadIds, files, clock } = commit;
  await refreshTables(build);
  const chunks = new Set<string>();
  const told = { ...commit.told, id: idOf(commit) };
  const publication: StreamPublication = { stream, after, to, batch: told };
  const position = committedPosition(pipelineId, build, stream);
  if (position !== after)
    return { committed: position === to && (await isNewest(build.tables.passages, publication)), chunks };
  const appOf = (table: BuildTable) => appId(pipelineId, build.info.digest, table, stream);
  const reached = new Map<BuildTable, number | undefined>();
  for (const table of BUILD_TABLES) {
    // Who reads the same part of the stream may have put older rows over these meanwhile: then it is that one's to publish.
    if (table === 'passages') {
      await refreshTables(build);
      for (const [other, version] of reached)
        if (build.tables[other].txn(appOf(other)) !== version) return { committed: false, chunks };
    }
    const app = appOf(table);
    const recorded = build.tables[table].txn(app) ?? null;
    reached.set(table, recorded ?? undefined);
    // Killed between two tables, a batch has been committed to the first of them. What comes after that may end elsewhere, and hold other rows
    // of the same positions: it is merged by id, whatever position the table has. Only the very same is not merged again: not all have ids.
    const isAhead = recorded !== null && recorded > (after === null ? -1 : versionOf(after));
    if (isAhead && (await isNewest(build.tables[table], publication))) continue;
    const added = files.get(table) ?? [];
    if (table === 'dead_letters' && added.length === 0 && (await build.tables[table].files()).length === 0)
      continue;
    const values = table === 'dead_letters' ? new Set([...ids, ...deadIds]) : ids;
    const version = Math.max(versionOf(to), (recorded ?? -1) + 1);
    const txn = { appId: app, version, after: recorded };
    const changed = await mergeInto(build, table, { told: publication, add: added, ids: values, txn, clock });
    reached.set(table, version);
    if (changed === undefined) return { committed: false, chunks };
    for (const chunk of changed) chunks.add(chunk);
  }
  return { committed: true, chunks };
}

/** What is recorded of a stream in each table; as long as it is, nothing of the stream was committed. */
export type StreamVersions = ReadonlyMap<BuildTable, number | null>;

/** Dead letters go last: killed before that, they are still there to be tried again. */
const AGAIN: readonly BuildTable[] = ['records', 'passages', 'dead_letters'];

/**
 * Reads the tables as they are now, with what is recorded of a stream: dead letters last, for a batch commits them first. So what is newer than a dead
 * letter that is still there comes behind these versions in every table.
 */
export async function readStreamVersions(
  pipelineId: string,
  build: Build,
  stream: string,
): Promise<StreamVersions> {
  const versions = new Map<BuildTable, number | null>();
  for (const table of AGAIN) {
    build.tables[table] = await refresh(build.tables[table]);
    const app = appId(pipelineId, build.info.digest, table, stream);
    versions.set(table, build.tables[table].txn(app) ?? null);
  }
  return versions;
}

/**
 * Publishes records of a stream once more, which stays where it is. Not committed where anything of the stream was committed since
 * `versions` were read: it may be of the same records, and newer. Then some tables may have the rows and others not, until the same
 * call is made again with what is still to be done. Throws what the tables' store throws.
 */
export async function commitAgain(
  commit: Omit<StreamCommit, 'after' | 'to' | 'deadIds' | 'told'> & { versions: StreamVersions; run: string },
): Promise<StreamCommitted> {
  const { pipelineId, build, stream, versions, ids, files, run, clock } = commit;
  const chunks = new Set<string>();
  for (const table of AGAIN) {
    const after = versions.get(table)!;
    // The version of the passages is the position. In the other tables it moves on, so that whoever is in the middle of a batch begins it anew.
    const version = table === 'passages' ? (after ?? 0) : (after ?? -1) + 1;
    const txn = { appId: appId(pipelineId, build.info.digest, table, stream), version, after };
    const told = { stream, again: { run } };
    const changed = await mergeInto(build, table, { told, add: files.get(table) ?? [], ids, txn, clock });
    if (changed === undefined) return { committed: false, chunks };
    for (const chunk of changed) chunks.add(chunk);
  }
  return { committed: true, chunks };
}

interface TableMerge extends Pick<StreamCommit, 'ids' | 'clock'> {
  /** What the commit says of itself. */
  told: object;
  add: readonly AddFile[];
  txn: { appId: string; version: number; after: number | null };
}

/** Takes away what a table has of the ids, and adds the files. The chunks that have other files now; undefined where it was not the turn of `txn`. */
async function mergeInto(
  build: Build,
  table: BuildTable,
  { told, add, ids, txn, clock }: TableMerge,
): Promise<Set<string> | undefined> {
  const before = build.tables[table];
  const { committed, snapshot } = await merge(
    before,
    {
      ...{ operation: 'MERGE', info: { throughline: told }, add: [...add], txn },
      without: { column: '_id', values: ids },
    },
    { clock },
  );
  build.tables[table] = snapshot;
  return committed ? changedPartitions(await before.files(), await snapshot.files()) : undefined;
}

function idOf({ after, to, ids, deadIds, told }: StreamCommit): string {
  return digestOf({ after, to, ids: [...ids].sort(), deadIds: [...deadIds].sort(), told });
}

/** Newest commits of a table among which that of a batch is looked for: others are of chunks and of other streams. */
const LOOKED_AT = 100;

/** Whether the stream's newest commit to the table is this batch, by the run that makes it. */
async function isNewest({ root }: Snapshot, { stream, batch }: StreamPublication): Promise<boolean> {
  for (const { info } of await history(root, LOOKED_AT)) {
    const told = info.throughline as Partial<StreamPublication> | undefined;
    if (told?.stream === stream) return told.batch?.id === batch.id && told.batch.run === batch.run;
  }
  return false;
}

/** Chunks that have other files. */
function changedPartitions(before: readonly AddFile[], after: readonly AddFile[]): Set<string> {
  const [old, fresh] = [before, after].map((files) => new Set(files.map(({ path }) => path)));
  const changed = [
    ...before.filter(({ path }) => !fresh!.has(path)),
    ...after.filter(({ path }) => !old!.has(path)),
  ];
  return new Set(changed.map(({ partitionValues }) => partitionValues._chunk!));
}

/** A position may be -1, before the first message; versions of transactions begin with 0. */
function versionOf(position: number): number {
  return position + 1;
}

function positionOf(version: number | undefined): number | null {
  return version === undefined ? null : version - 1;
}

/** Of no chunk: those have the table in the third place. */
function appId(pipelineId: string, build: string, table: BuildTable, stream: string): string {
  return `${pipelineId}/${build}/stream/${table}/${stream}`;
}
