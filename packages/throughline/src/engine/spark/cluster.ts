/** A session on the cluster, with the settings that make Spark read and write as this product means it. */

import {
  ConnectionStringError,
  connect,
  type Progress,
  type Row,
  type Session,
  SessionLostError,
  SparkConnectError,
  SparkError,
  type StructType,
  UnauthenticatedError,
  UnavailableError,
} from '@throughline/spark-connect';
import { brokenCommandOf } from '../../command/index.ts';
import { EXIT, type ExitCode, ThroughlineError } from '../../error.ts';
import type { ModelSpec } from '../../model/index.ts';
import { type Arch, archOf } from './arch.ts';
import { type ExecutorArchive, executorArchive } from './archive.ts';
import type { ArchiveFile } from './archive-file.ts';
import { SQL_SETTINGS } from './sql.ts';
import type { WorkerMode, WorkerSettings } from './worker/settings.ts';
import { workerCommand, workerFailure } from './worker-command.ts';

/** What needs nothing of ours on the executors. */
export interface SparkSession extends AsyncDisposable {
  readonly session: Session;
  /** A small result: counts, lists of chunks and files. */
  rows(sql: string): Promise<Row[]>;
  /** Names a query; nothing runs. */
  view(name: string, sql: string): Promise<void>;
  /** Columns of a query; nothing runs. */
  schema(sql: string): Promise<StructType>;
  /** Settings of the session, from now on. */
  set(settings: Readonly<Record<string, string>>): Promise<void>;
  /** Those that were made, of the session or the cluster. */
  settings(): Promise<ReadonlyMap<string, string>>;
  execute(sql: string): Promise<void>;
  /** Writes the rows of a query as Parquet; `done` hears which part of the tasks has ended, from 0 to 1. */
  write(sql: string, path: string, options?: WriteSettings): Promise<void>;
}

export interface Cluster extends SparkSession {
  /** Tasks that run at once. */
  readonly cores: number;
  /** The model as the executors open it. */
  readonly model: ModelSpec;
  /** A query: the rows of `query` through a worker, as columns of `schema`. */
  worker<M extends WorkerMode>(mode: M, settings: WorkerSettings[M], query: string, schema: string): string;
}

export interface WriteSettings {
  partitionBy?: readonly string[];
  done?: (share: number) => void;
}

/** A network may be gone for a while; a server that was restarted has lost the session anyway. */
const OUTAGE_MS = 2 * 60_000;

const SETTINGS: Readonly<Record<string, string>> = {
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.ansi.enabled': 'true',
  // Names that differ in case alone are two columns in a source.
  'spark.sql.caseSensitive': 'true',
  'spark.sql.parquet.outputTimestampType': 'TIMESTAMP_MICROS',
  // A line of which not every column is read must still be known as malformed.
  'spark.sql.csv.parser.columnPruning.enabled': 'false',
  // Folders of chunks are names, not numbers or dates.
  'spark.sql.sources.partitionColumnTypeInference.enabled': 'false',
  'spark.sql.parser.escapedStringLiterals': 'false',
  // A word of a newer standard may be a column's name.
  'spark.sql.ansi.enforceReservedKeywords': 'false',
  // A file that is broken or gone is an error, not fewer rows.
  'spark.sql.files.ignoreCorruptFiles': 'false',
  'spark.sql.files.ignoreMissingFiles': 'false',
  // What Spark concludes about columns doubles with each of them: from some twenty on a plan is never done.
  'spark.sql.constraintPropagation.enabled': 'false',
  // A repartition that runs again, of rows in another order, must not lose any.
  'spark.sql.execution.sortBeforeRepartition': 'true',
  'spark.sql.parquet.writeLegacyFormat': 'false',
  'spark.sql.parquet.int96RebaseModeInRead': 'CORRECTED',
  'spark.sql.parquet.datetimeRebaseModeInRead': 'CORRECTED',
  'spark.sql.parquet.datetimeRebaseModeInWrite': 'CORRECTED',
  // Databricks lets nobody write files into a table's folder, which this product commits itself.
  'spark.databricks.delta.formatCheck.enabled': 'false',
};

export interface ClusterEffects {
  signal?: AbortSignal | undefined;
  /** Hears of what takes its time. */
  tell?: ((message: string) => void) | undefined;
}

/** Opens a session with the settings; what is made in it ends with it. Throws ThroughlineError. */
export async function openSession(
  url: string,
  { signal, connectTimeoutMs }: ClusterEffects & { connectTimeoutMs?: number },
): Promise<SparkSession> {
  const limits = signal === undefined ? {} : { signal };
  const patience = connectTimeoutMs === undefined ? {} : { connectTimeoutMs };
  const session = await told(signal, () =>
    connect(url, { userAgent: 'throughline', outageMs: OUTAGE_MS, ...patience, ...limits }),
  );
  const opened: SparkSession = {
    session,
    rows: (sql) =>
      told(signal, async () => {
        const rows: Row[] = [];
        for await (const row of session.sql(sql).rows(limits)) rows.push(row);
        return rows;
      }),
    view: (name, sql) =>
      told(signal, () => session.sql(sql).createTempView(name, { replace: true, ...limits })),
    schema: (sql) => told(signal, () => session.sql(sql).schema(limits)),
    set: (settings) => told(signal, () => session.config.set(settings, limits)),
    settings: () => told(signal, () => session.config.getAll('', limits)),
    execute: (sql) => told(signal, async () => void (await session.execute(sql, {}, limits))),
    write: (sql, path, { partitionBy = [], done } = {}) =>
      told(signal, () =>
        session.sql(sql).write({
          ...{ format: 'parquet', path, partitionBy, mode: 'error', ...limits },
          options: { 'mapreduce.fileoutputcommitter.marksuccessfuljobs': 'false', compression: 'zstd' },
          ...(done && { onProgress: (progress: Progress) => done(shareOf(progress)) }),
        }),
      ),
    [Symbol.asyncDispose]: () => session.close().catch(() => {}),
  };
  try {
    await opened.set({ ...SETTINGS, ...SQL_SETTINGS });
    return opened;
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

/** Sends Node, the worker, the model and the files of commands to a session, which stays its opener's. Throws ThroughlineError. */
export async function openCluster(
  opened: SparkSession,
  spec: ModelSpec,
  effects: ClusterEffects & { cores?: number | undefined; pipeline?: readonly ArchiveFile[] },
): Promise<Cluster> {
  const cores = effects.cores ?? (await coresOf(opened));
  const { folder, spec: model } = await told(effects.signal, async () =>
    sendBundle(opened.session, spec, await archOfExecutors(opened), effects),
  );
  return {
    ...opened,
    ...{ cores, model },
    worker: (mode, settings, query, schema) =>
      `SELECT r.* FROM (SELECT from_json(line, '${schema}', map('mode', 'FAILFAST')) AS r FROM
        (SELECT TRANSFORM(to_json(struct(*), map('ignoreNullFields', 'false'))) USING ${workerCommand(folder, mode, settings)} AS (line STRING) FROM (${query})))`,
  };
}

/** By the first executor that answers: all of a cluster are of one kind. */
export async function archOfExecutors(cluster: Pick<SparkSession, 'rows'>): Promise<Arch> {
  const [row] = await cluster.rows(
    "SELECT TRANSFORM(id) USING 'cat >/dev/null; uname -sm' AS (system STRING) FROM range(0, 1, 1, 1)",
  );
  return archOf(String(row?.system));
}

async function sendBundle(
  session: Session,
  spec: ModelSpec,
  arch: Arch,
  { signal, tell, pipeline = [] }: ClusterEffects & { pipeline?: readonly ArchiveFile[] },
): Promise<ExecutorArchive> {
  const archive = await executorArchive({
    ...{ arch, spec, pipeline },
    ...(tell && { tell }),
    ...(signal && { signal }),
  });
  await session.addArtifacts(
    [{ name: archive.name, content: archive.path }],
    signal === undefined ? {} : { signal },
  );
  return archive;
}

/** A range is cut into as many parts as tasks can run at once. */
async function coresOf(cluster: Pick<SparkSession, 'rows'>): Promise<number> {
  const [row] = await cluster.rows(
    'SELECT count(*) AS n FROM (SELECT DISTINCT part FROM (SELECT spark_partition_id() AS part FROM range(100000)))',
  );
  return Math.max(1, Number(row!.n));
}

function shareOf({ stages }: Progress): number {
  const [tasks, completed] = stages.reduce(
    ([all, ended], stage) => [all + stage.tasks, ended + stage.completedTasks],
    [0, 0],
  );
  return tasks === 0 ? 0 : completed / tasks;
}

/** What `call` gives; what it throws in the words of this product. */
async function told<T>(signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (signal?.aborted || !(error instanceof SparkConnectError)) throw error;
    throw clusterError(error);
  }
}

const OURS: readonly number[] = Object.values(EXIT);

function clusterError(cause: SparkConnectError): ThroughlineError {
  if (cause instanceof ConnectionStringError)
    return failure(cause, 'spark_address', EXIT.config, 'See "Settings" in docs/spark.md.');
  if (cause instanceof UnauthenticatedError)
    return failure(cause, 'spark_unauthenticated', EXIT.permission, 'Check the token in engine.spark.');
  if (cause instanceof SessionLostError || cause instanceof UnavailableError) {
    const code = cause instanceof SessionLostError ? 'spark_session_lost' : 'spark_unavailable';
    return failure(
      cause,
      code,
      EXIT.tryAgain,
      'Is the cluster up? What was published is kept; go on with: throughline run',
    );
  }
  if (!(cause instanceof SparkError)) return failure(cause, 'spark_failed', EXIT.unavailable);
  if (cause.message.includes(DAMAGED_VECTOR))
    return new ThroughlineError(`a vector in the cache is damaged: ${cause.message.split('\n')[0]}`, {
      code: 'vectors_damaged',
      exitCode: EXIT.badData,
      hint: 'Remove the folder vectors of the lake: all that is in it can be computed again.',
      cause,
    });
  const worker = workerFailure(cause.message);
  if (!worker) return failure(cause, 'spark_failed', EXIT.unavailable, 'See the log of the Spark driver.');
  const broken = brokenCommandOf(worker.stderr);
  if (broken !== undefined)
    return new ThroughlineError(`on an executor ${broken}`, {
      code: 'command_broken',
      exitCode: worker.exitCode === EXIT.config ? EXIT.config : EXIT.unavailable,
      hint: 'What a command needs has to be on every executor: its program and packages installed, files that it imports named in files:. See "Commands" in docs/spark.md.',
      cause,
    });
  const exitCode = (OURS.includes(worker.exitCode) ? worker.exitCode : EXIT.unavailable) as ExitCode;
  return new ThroughlineError(
    `the mapper ended on an executor with ${worker.exitCode}: ${worker.stderr || 'it said nothing'}`,
    {
      code: 'worker_failed',
      exitCode,
      hint: 'Killed (137) means that it had too little memory: raise spark.executor.memoryOverhead. Then: throughline doctor',
      cause,
    },
  );
}

/** What a query says where a vector of the cache is not one of the model's. */
export const DAMAGED_VECTOR = 'the cache has no sound vector for the text';

/** Spark's messages go on with plans and stacks of Java: the first lines say what it is. */
const MAX_MESSAGE = 600;

function failure(cause: SparkConnectError, code: string, exitCode: ExitCode, hint?: string) {
  const message = `Spark: ${cause.message.slice(0, MAX_MESSAGE)}`;
  return new ThroughlineError(message, { code, exitCode, cause, ...(hint === undefined ? {} : { hint }) });
}
