/** What a pipeline needs of a Spark cluster, each as a question that is answered by trying. */
import type { LoadedConfig, SparkEngineConfig } from '../config/index.ts';
import { archOfExecutors, openSession, type SparkSession } from '../engine/spark/cluster.ts';
import { placesOf } from '../engine/spark/places.ts';
import { createSourceView } from '../engine/spark/source-view.ts';
import { findVisibleFiles } from '../engine/spark/visible-files.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { lakeRootOf } from '../lake/lake-path.ts';
import { mappingOf } from '../source/mapping.ts';
import type { Check } from './doctor.ts';
import { memoryFinding } from './executor-memory.ts';
import { reasonOf, sparkCode } from './spark-error.ts';
import { openLakeProbe } from './spark-lake.ts';
import { checkWorker } from './spark-worker.ts';

/** A server that is there answers in this time; a run is more patient. */
const CONNECT_MS = 10_000;

/** Of a server that does not answer nothing else is asked, nor for workers where no program may be started. */
export async function* sparkChecks(
  loaded: LoadedConfig,
  settings: SparkEngineConfig,
): AsyncGenerator<Check, void, void> {
  const connected = once(() => openSession(settings.spark, { connectTimeoutMs: CONNECT_MS }).catch(noServer));
  yield { name: 'spark', find: async () => serverOf(await connected(), settings) };
  await using session = await connected().catch(() => null);
  if (session === null) return;
  yield { name: 'input', find: () => readSource(session, loaded) };
  const lakeRoot = lakeRootOf(loaded.directory, loaded.config.lake);
  await using probe = openLakeProbe(session, placesOf(settings, lakeRoot), lakeRoot);
  yield { name: 'exchange', find: () => probe.exchange() };
  yield { name: 'delta', find: () => probe.readDelta() };
  const arch = once(() => archOfExecutors(session).catch(refused));
  yield {
    name: 'transform',
    find: async () => `a program starts beside a task; executors are Linux on ${await arch()}`,
  };
  if (await arch().catch(() => undefined)) yield { name: 'worker', find: () => checkWorker(session, loaded) };
  yield { name: 'memory', find: () => memoryFinding((key) => session.session.config.get(key)) };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function serverOf({ session }: SparkSession, { spark }: SparkEngineConfig): string {
  return `Spark ${session.version} at ${new URL(spark).host}`;
}

/** The first row, as an executor reads it. */
async function readSource(session: SparkSession, loaded: LoadedConfig): Promise<string> {
  const { config } = loaded;
  const files = await findVisibleFiles(loaded);
  try {
    await createSourceView(session, {
      config,
      directory: loaded.directory,
      mapping: mappingOf(config.source),
      files,
    });
    await session.rows('SELECT * FROM tl_raw LIMIT 1');
  } catch (error) {
    if (sparkCode(error) === undefined) throw error;
    throw new ThroughlineError(`the cluster cannot read the source: ${reasonOf(error)}`, {
      code: 'source_unreadable',
      exitCode: EXIT.noInput,
      hint:
        config.source.type === 'spark'
          ? 'See "source" in docs/config.md, and what the reader needs on the cluster.'
          : 'Its files have to be at the same paths on every node. See "What it needs" in docs/spark.md.',
      cause: error,
    });
  }
  return 'the cluster reads the source';
}

function noServer(error: unknown): never {
  if (!(error instanceof ThroughlineError) || error.code !== 'spark_unavailable') throw error;
  const { message, code, exitCode, cause } = error;
  const hint = 'Is the server up, and engine.spark its address? See "What it needs" in docs/spark.md.';
  throw new ThroughlineError(message, { code, exitCode, hint, cause });
}

/** Whatever Spark answers to this query, it does not run programs. */
export function refused(error: unknown): never {
  if (sparkCode(error) === undefined) throw error;
  throw new ThroughlineError(
    `SELECT TRANSFORM ... USING, which starts a program beside each task, does not work: ${reasonOf(error)}`,
    {
      code: 'transform_refused',
      exitCode: EXIT.unavailable,
      hint: 'See "Where TRANSFORM is refused" in docs/spark.md.',
      cause: error,
    },
  );
}
