/**
 * Publication of a micro-batch: one commit per table that takes away what was there of its ids and adds its rows, whatever
 * chunks they are in, with the stream's position (and 1) as transaction version. Order: dead_letters, records, passages; the
 * passages commit is the publication, and its version is where the stream goes on. Records that are published once more, where the stream
 * stands, are counted by a transaction of their own in each table: whoever commits to a table does so only where both are what they were when
 * the work was begun.
 */
import {
  type AddFile,
  type FileChange,
  history,
  merge,
  type OnceOnly,
  type RemoveFile,
  readChange,
  refresh,
  type Snapshot,
} from '@throughline/delta';
import { BUILD_TABLES, type Build, type BuildTable, refreshTables } from './build.ts';
import { digestOf } from './canonical.ts';
import { nameOf, nextOf, type TableVersions, versionsIn } from './stream-versions.ts';

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
  /** Chunks that have other rows in a table now, those that got some and those that lost some: as soon as they have, whatever comes then. */
  changed(chunks: ReadonlySet<string>): void;
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
export function committedPosition(pipelineId: string, build: Build, stream: string): number | null {
  return positionOf(versionsIn({ pipelineId, build, stream }, 'passages').recorded);
}

/** Of all streams that a build has. */
export function committedPositions(pipelineId: string, build: Build): Map<string, number> {
  const prefix = nameOf('recorded', { pipelineId, build, stream: '' }, 'passages');
  const ours = [...build.tables.passages.txns()].filter(([name]) => name.startsWith(prefix));
  return new Map(ours.map(([name, version]) => [name.slice(prefix.length), positionOf(version)!]));
}

/**
 * Resolves to whether the batch is published. It is not where another process has committed to the stream since `after`: then nothing more of this batch is committed, and what
 * was is what the other one commits as well, or replaces. Nor where records of the stream are published once more meanwhile: then what was
 * stays until the batch is given again. Throws what the tables' store throws; the same call may be made again.
 */
export async function commitStream(commit: StreamCommit): Promise<boolean> {
  const { pipelineId, build, stream, after, to, ids, deadIds, files, changed, clock } = commit;
  await refreshTables(build);
  const told = { ...commit.told, id: idOf(commit) };
  const publication: StreamPublication = { stream, after, to, batch: told };
  const position = committedPosition(pipelineId, build, stream);
  if (position !== after) {
    const newest = position === to ? await newestOf(build.tables.passages, stream) : undefined;
    if (!isOf(publication, newest)) return false;
    // Committed before, by a commit whose answer got lost: nobody was told yet.
    changed(chunksOf([...newest!.added, ...newest!.removed]));
    return true;
  }
  const begun = new Map(BUILD_TABLES.map((table) => [table, versionsIn(commit, table)]));
  const reached = new Map<BuildTable, number | null>();
  for (const table of BUILD_TABLES) {
    // Who reads the same part of the stream may have put older rows over these meanwhile: then it is that one's to publish.
    if (table === 'passages') {
      await refreshTables(build);
      for (const [other, version] of reached)
        if (versionsIn(commit, other).recorded !== version) return false;
    }
    const was = begun.get(table)!;
    const { recorded } = was;
    reached.set(table, recorded);
    // Killed between two tables, a batch has been committed to the first of them. What comes after that may end elsewhere, and hold other rows
    // of the same positions: it is merged by id, whatever position the table has. Only the very same is not merged again: not all have ids.
    const isAhead = recorded !== null && recorded > (after === null ? -1 : versionOf(after));
    if (isAhead && isOf(publication, await newestOf(build.tables[table], stream))) continue;
    const added = files.get(table) ?? [];
    if (table === 'dead_letters' && added.length === 0 && (await build.tables[table].files()).length === 0)
      continue;
    const values = table === 'dead_letters' ? new Set([...ids, ...deadIds]) : ids;
    const version = Math.max(versionOf(to), (recorded ?? -1) + 1);
    const txn = nextOf('recorded', commit, table, was, version);
    const merged = { told: publication, add: added, ids: values, txn, changed, clock };
    if (!(await mergeInto(build, table, merged))) return false;
    reached.set(table, version);
  }
  return true;
}

/** What is recorded of a stream in each table; as long as it is, nothing of the stream was committed. */
export type StreamVersions = ReadonlyMap<BuildTable, TableVersions>;

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
  const versions = new Map<BuildTable, TableVersions>();
  for (const table of AGAIN) {
    build.tables[table] = await refresh(build.tables[table]);
    versions.set(table, versionsIn({ pipelineId, build, stream }, table));
  }
  return versions;
}

/**
 * Publishes records of a stream once more, which stays where it is. Resolves to whether they are published: not where anything of the stream was committed since
 * `versions` were read: it may be of the same records, and newer. Then some tables may have the rows and others not, until the same
 * call is made again with what is still to be done. Throws what the tables' store throws.
 */
export async function commitAgain(
  commit: Omit<StreamCommit, 'after' | 'to' | 'deadIds' | 'told'> & { versions: StreamVersions; run: string },
): Promise<boolean> {
  const { build, stream, versions, ids, files, run, changed, clock } = commit;
  const at = new Map(versions);
  const none: Pick<TableMerge, 'ids' | 'add'> = { ids: new Set(), add: [] };
  // The dead letters are marked first: from then on nobody takes them away who began to publish the same records before, and a batch that
  // was committed to them before is not taken for the newest there.
  const steps = [
    { table: 'dead_letters' as const, ...none },
    ...AGAIN.map((table) => ({ table, ids, add: files.get(table) ?? [] })),
  ];
  for (const { table, ...rows } of steps) {
    const was = at.get(table)!;
    const version = (was.again ?? -1) + 1;
    const txn = nextOf('again', commit, table, was, version);
    const merged = { told: { stream, again: { run } }, ...rows, txn, changed, clock };
    if (!(await mergeInto(build, table, merged))) return false;
    at.set(table, { ...was, again: version });
  }
  return true;
}

interface TableMerge extends Pick<StreamCommit, 'ids' | 'changed' | 'clock'> {
  /** What the commit says of itself. */
  told: object;
  add: readonly AddFile[];
  txn: OnceOnly;
}

/** Takes away what a table has of the ids, and adds the files. False where it was not the turn of `txn`. */
async function mergeInto(
  build: Build,
  table: BuildTable,
  { told, add, ids, txn, changed, clock }: TableMerge,
): Promise<boolean> {
  const before = build.tables[table];
  const { committed, snapshot } = await merge(
    before,
    {
      ...{ operation: 'MERGE', info: { throughline: told }, add: [...add], txn },
      without: { column: '_id', values: ids },
    },
    { clock },
  );
  if (committed) changed(changedPartitions(await before.files(), await snapshot.files()));
  build.tables[table] = snapshot;
  return committed;
}

function idOf({ after, to, ids, deadIds, told }: StreamCommit): string {
  return digestOf({ after, to, ids: [...ids].sort(), deadIds: [...deadIds].sort(), told });
}

/** Newest commits of a table among which that of a batch is looked for: others are of chunks and of other streams. */
const LOOKED_AT = 100;

/** Whether a commit is this batch, by the run that makes it. */
function isOf({ batch }: StreamPublication, commit: { info: object } | undefined): boolean {
  const told = toldBy(commit)?.batch;
  return told?.id === batch.id && told.run === batch.run;
}

function toldBy(commit: { info: object } | undefined): Partial<StreamPublication> | undefined {
  return (commit?.info as { throughline?: Partial<StreamPublication> } | undefined)?.throughline;
}

/** The stream's newest commit to a table. Most often it is the table's newest too, and then the log need not be listed. */
async function newestOf(table: Snapshot, stream: string): Promise<FileChange | undefined> {
  const isStreams = (commit: { info: object } | undefined) => toldBy(commit)?.stream === stream;
  const { root, version } = await refresh(table);
  const last = await readChange(root, version);
  if (isStreams(last)) return last;
  const found = (await history(root, LOOKED_AT)).find(isStreams);
  return found && (await readChange(root, found.version));
}

/** Chunks that have other files. */
function changedPartitions(before: readonly AddFile[], after: readonly AddFile[]): Set<string> {
  const [old, fresh] = [before, after].map((files) => new Set(files.map(({ path }) => path)));
  const changed = [
    ...before.filter(({ path }) => !fresh!.has(path)),
    ...after.filter(({ path }) => !old!.has(path)),
  ];
  return chunksOf(changed);
}

function chunksOf(files: readonly Pick<RemoveFile, 'partitionValues'>[]): Set<string> {
  return new Set(files.flatMap(({ partitionValues }) => partitionValues?._chunk ?? []));
}

/** A position may be -1, before the first message; versions of transactions begin with 0. */
function versionOf(position: number): number {
  return position + 1;
}

function positionOf(version: number | null): number | null {
  return version === null ? null : version - 1;
}
