/**
 * Claimed chunks in rounds: the cluster maps, embeds and writes files; this process commits them, chunk by chunk. Of the rows
 * nothing comes here but counts and the names of files.
 */
import type { AddFile, Snapshot } from '@throughline/delta';
import { describeFiles, refresh } from '@throughline/delta';
import { openStore } from '@throughline/delta/store';
import { SparkError } from '@throughline/spark-connect';
import { reachOf } from '../../chunk/failure.ts';
import type { ChunkCounts } from '../../chunk/ledger.ts';
import type { SparkEngineConfig } from '../../config/index.ts';
import { asThroughlineError, EXIT, ThroughlineError } from '../../error.ts';
import { BUILD_TABLES, type BuildTable } from '../../lake/build.ts';
import { publishChunk, SupersededError } from '../../lake/publish.ts';
import { appendVectors, NEW_VECTORS, openVectorsTable } from '../../lake/vectors.ts';
import type { ChunkOutcome, ChunkRunner, ClaimedChunk, EngineRun } from '../engine.ts';
import type { Cluster } from './cluster.ts';
import { type Places, placesOf } from './places.ts';
import { type Aside, putAside } from './put-aside.ts';
import {
  embedRound,
  mapRound,
  type Round,
  type RoundChunk,
  type RoundRun,
  writeTables,
  writeVectors,
} from './round.ts';
import { inRounds, roundNumbers } from './rounds.ts';
import { openScratch } from './scratch.ts';
import { sparkName } from './sql.ts';

/** Tasks of a core in one round: enough that those which end late do not leave the others idle for long. */
const WAVES = 4;
/** Chunks of a round: each is three commits, and a folder of each table. */
const ROUND_CHUNKS = 1_000;
/** With SQL in the transform a round is one query of so many parts. */
const ROUND_CHUNKS_WITH_SQL = 100;

/** Puts the rows of the due chunks aside in the lake, once, and runs chunks from there. */
export async function openSparkRunner(
  cluster: Cluster,
  settings: SparkEngineConfig,
  run: EngineRun,
): Promise<ChunkRunner> {
  const { prepared, build, signal } = run;
  const places = placesOf(settings, prepared.lakeRoot);
  const scratch = await openScratch(prepared.lakeRoot, run.run);
  const roundRows = settings.roundRows ?? cluster.cores * WAVES * settings.taskTexts;
  const hasSql = prepared.config.transform.some((step) => 'sql' in step);
  const limits = { rows: roundRows, chunks: hasSql ? ROUND_CHUNKS_WITH_SQL : ROUND_CHUNKS };
  const aside = await putAside(cluster, places, scratch.folder, run, {
    rounds: roundNumbers(run.due, limits),
    byChunk: hasSql,
  }).catch(async (error) => {
    await scratch.remove();
    throw error;
  });
  let vectors = await openVectorsTable(prepared.lakeRoot, prepared.model.digest);
  let rounds = 0;

  /** Maps, embeds and writes; gives counts and files of each chunk, by its number. */
  const writeRound = async (
    chunks: readonly RoundChunk[],
    done: (share: number) => void,
  ): Promise<Written> => {
    const round: Round = { name: `r${++rounds}`, chunks };
    const by: RoundRun = {
      ...{ cluster, places, prepared, scratch: [...scratch.folder, round.name], run: run.run },
      ...{ clock: run.clock, taskTexts: settings.taskTexts, done },
    };
    await using _temporary = { [Symbol.asyncDispose]: () => scratch.removePart(round.name) };
    vectors = await refresh(vectors);
    await viewVectors(cluster, places, vectors);
    await mapRound(round, by);
    const embedded = await embedRound(by);
    if (embedded.fresh.size > 0) vectors = await keepVectors(round, by, vectors, run);
    const folder = `attempt-${run.run}-${round.name}`;
    const tableFolder = (table: BuildTable) => ['builds', build.info.digest, table, folder];
    const counts = await writeTables(round, by, embedded, (table) => places.cluster(...tableFolder(table)));
    return { counts, files: await filesByChunk(build.tables, folder) };
  };

  /** The outcome of each chunk as soon as it is known. */
  async function* publishRound(chunks: readonly RoundChunk[]): AsyncGenerator<ChunkOutcome> {
    const told = openTold(chunks, run);
    const started = run.clock();
    let written: Written;
    try {
      written = await writeRound(chunks, told.share);
    } catch (thrown) {
      told.none();
      const error = hasSql ? ofTransform(asThroughlineError(thrown)) : asThroughlineError(thrown);
      if (signal.aborted || reachOf(error) === 'run') throw thrown;
      yield* failedRound(chunks, error);
      return;
    }
    told.all();
    const ms = Math.max(0, run.clock() - started);
    const rows = chunks.reduce((sum, { chunk }) => sum + chunk.rows, 0);
    for (const { idx, chunk } of chunks) {
      signal.throwIfAborted();
      const share = rows === 0 ? 0 : Math.round((ms * chunk.rows) / rows);
      const counts = { ...written.counts.get(idx)!, ms: share };
      const outcome = await outcomeOf(chunk, written.files.get(idx) ?? new Map(), counts, run);
      if (outcome.status === 'failed') run.reporter.rows(-chunk.rows);
      yield outcome;
    }
  }

  async function* failedRound(
    chunks: readonly RoundChunk[],
    error: ThroughlineError,
  ): AsyncGenerator<ChunkOutcome> {
    // A text that kills its worker, or a row that SQL cannot process, takes its round with it: the others are found by halves.
    if (chunks.length > 1 && isOfRows(error)) {
      const half = Math.ceil(chunks.length / 2);
      run.reporter.warning(`${error.message}: trying ${chunks.length} chunks again by halves`);
      yield* publishRound(chunks.slice(0, half));
      yield* publishRound(chunks.slice(half));
    } else for (const { chunk } of chunks) yield { chunk, status: 'failed', error };
  }

  return {
    async *run(claimed) {
      for await (const chunks of inRounds(claimed, limits)) {
        signal.throwIfAborted();
        yield* publishRound(chunks.map((chunk) => asPutAside(chunk, aside)));
      }
    },
    keep: async () => {},
    tidy: async () => {},
    usage: () => undefined,
    [Symbol.asyncDispose]: () => scratch.remove(),
  };
}

/** Whether it may be one of the rows: not where Spark has refused the query, or could not be asked. */
function isOfRows({ cause }: ThroughlineError): boolean {
  return cause instanceof SparkError && !cause.sqlState?.startsWith(REFUSED_QUERY);
}

/** What Spark says of a value in the user's own SQL is about their rows. */
function ofTransform(error: ThroughlineError): ThroughlineError {
  const { cause } = error;
  if (!(cause instanceof SparkError) || !cause.sqlState?.startsWith(DATA_EXCEPTION)) return error;
  return new ThroughlineError(`transform: ${cause.message.split('\n')[0]}`, {
    code: 'transform_failed',
    exitCode: EXIT.badData,
    hint: 'The SQL of transform: cannot process a row: mend it or the row, then run again.',
    cause,
  });
}

/** SQLSTATE of names that are not known, and of syntax. */
const REFUSED_QUERY = '42';
/** SQLSTATE of overflows, divisions by zero, casts of what is no number. */
const DATA_EXCEPTION = '22';

interface Written {
  counts: ReadonlyMap<number, ChunkCounts>;
  files: ReadonlyMap<number, ReadonlyMap<BuildTable, string[]>>;
}

/** Files of a table's log that one task of Spark replays. */
const FILES_PER_LOG_TASK = 5_000;

/** The cache of vectors as a view of this version. An empty one is not even opened. */
async function viewVectors(cluster: Cluster, places: Places, vectors: Snapshot): Promise<void> {
  const files = (await vectors.files()).length;
  if (files === 0) {
    const nothing = "SELECT CAST('' AS STRING) AS _hash, CAST(array() AS ARRAY<FLOAT>) AS _embedding";
    return await cluster.view('tl_cache', `${nothing} WHERE false`);
  }
  // Delta's own 50 tasks take seconds where there is nothing to do.
  const tasks = String(Math.ceil(files / FILES_PER_LOG_TASK));
  await cluster.set({ 'spark.databricks.delta.snapshotPartitions': tasks });
  const table = sparkName(places.cluster(...tableNames(vectors)));
  await cluster.view(
    'tl_cache',
    `SELECT _hash, _embedding FROM delta.${table} VERSION AS OF ${vectors.version}`,
  );
}

function tableNames({ root }: Snapshot): string[] {
  return root.split(/[\\/]/).slice(-2);
}

/** What is published is what was put aside, whatever has happened to the source since it was listed. */
function asPutAside(chunk: ClaimedChunk, aside: ReadonlyMap<string, Aside>): RoundChunk {
  const found = aside.get(chunk.id);
  if (found === undefined) throw new Error(`${chunk.id} was claimed, but is not due`);
  const { idx, part, ...content } = found;
  return { idx, part, chunk: { ...chunk, ...content } };
}

/** New vectors become files of the cache's table: whatever happens to the round, they are known. */
async function keepVectors(
  round: Round,
  by: RoundRun,
  vectors: Snapshot,
  { run, clock }: EngineRun,
): Promise<Snapshot> {
  const folder = `attempt-${run}-${round.name}`;
  await writeVectors(by, by.places.cluster(...tableNames(vectors), folder));
  const paths = await filesIn(vectors.root, folder);
  const add = await describeFiles(
    vectors,
    paths.map((path) => ({ path, partition: NEW_VECTORS })),
  );
  return add.length === 0 ? vectors : await appendVectors(vectors, add, clock);
}

async function filesIn(root: string, folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of openStore(root).walk(folder))
    if (path.endsWith('.parquet') && !path.includes('/_temporary/')) paths.push(path);
  return paths.sort();
}

/** Paths of the files that the round has written, by number of the chunk and table. */
async function filesByChunk(
  tables: Readonly<Record<BuildTable, Snapshot>>,
  folder: string,
): Promise<Map<number, Map<BuildTable, string[]>>> {
  const files = new Map<number, Map<BuildTable, string[]>>();
  for (const table of BUILD_TABLES) {
    for (const path of await filesIn(tables[table].root, folder)) {
      const idx = Number(/\/chunkIdx=(\d+)\//.exec(path)?.[1]);
      const ofChunk = files.get(idx) ?? new Map<BuildTable, string[]>();
      files.set(idx, ofChunk.set(table, [...(ofChunk.get(table) ?? []), path]));
    }
  }
  return files;
}

/** Publishes a chunk's files. Throws what ends the run: chunks that were published before it stay so. */
async function outcomeOf(
  chunk: ClaimedChunk,
  paths: ReadonlyMap<BuildTable, string[]>,
  counts: ChunkCounts,
  run: EngineRun,
): Promise<ChunkOutcome> {
  try {
    await publish(chunk, paths, counts, run);
    return { chunk, status: 'published', counts };
  } catch (thrown) {
    const error = asThroughlineError(thrown);
    if (error instanceof SupersededError) return { chunk, status: 'superseded', error };
    if (run.signal.aborted || reachOf(error) === 'run') throw thrown;
    return { chunk, status: 'failed', error };
  }
}

async function publish(
  chunk: ClaimedChunk,
  paths: ReadonlyMap<BuildTable, string[]>,
  counts: ChunkCounts,
  { build, pipelineId, run, clock }: EngineRun,
): Promise<void> {
  const files = new Map<BuildTable, AddFile[]>();
  for (const [table, of] of paths) {
    const foreign = of.map((path) => ({ path, partition: { _chunk: chunk.id } }));
    files.set(table, await describeFiles(build.tables[table], foreign));
  }
  checkRows(chunk, files, counts);
  const { id, attempt, digest } = chunk;
  await publishChunk({ pipelineId, build, chunk: id, attempt, run, digest, clock }, files, counts);
}

/** A committer of Spark's that publishes what a task has tried twice would leave rows twice. */
function checkRows(
  { id }: ClaimedChunk,
  files: ReadonlyMap<BuildTable, AddFile[]>,
  { records, passages, deadLetters }: ChunkCounts,
): void {
  for (const [table, wanted] of Object.entries({ records, passages, dead_letters: deadLetters })) {
    const rows = (files.get(table as BuildTable) ?? []).reduce(
      (sum, { stats }) => sum + Number(JSON.parse(stats ?? '{}').numRecords),
      0,
    );
    if (rows === wanted) continue;
    throw new ThroughlineError(`${id}: the cluster counted ${wanted} rows of ${table}, and wrote ${rows}`, {
      code: 'rows_disagree',
      exitCode: EXIT.unavailable,
      hint: 'Does the cluster write with a committer that publishes each task once? See docs/spark.md.',
    });
  }
}

/** Tells rows as the share of the round that is done grows, and takes them back where the round fails. */
function openTold(chunks: readonly RoundChunk[], { reporter }: EngineRun) {
  const rows = chunks.reduce((sum, { chunk }) => sum + chunk.rows, 0);
  let told = 0;
  const tell = (now: number) => {
    if (now !== told) reporter.rows(now - told);
    told = now;
  };
  return {
    share: (share: number) => tell(Math.max(told, Math.floor(rows * Math.min(share, 1)))),
    all: () => tell(rows),
    none: () => tell(0),
  };
}
