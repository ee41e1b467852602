/** A Spark Connect server for tests: one process that is driver and executor. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Engine, engine } from './engine.ts';
import { spark as findSpark, type Reader, type Spark } from './spark.ts';
import { type SparkProcess, startSpark } from './spark-process.ts';

export interface SparkConnect {
  /** `sc://127.0.0.1:PORT` */
  url: string;
  port: number;
  pid: number;
  /** Its log and tables, and what executors unpack. */
  folder: string;
  stop(): Promise<void>;
}

/** Settings of Spark, such as `spark.connect.authenticate.token`. */
type Conf = Readonly<Record<string, string>>;

/** Starts a server with Delta, and with `readers`, on a free port of the loopback; tables and logs end with it. Takes 8 to 20 s. */
export async function sparkConnect(
  conf: Conf = {},
  readers: readonly Reader[] = [],
): Promise<Engine<SparkConnect>> {
  return await engine('Spark Connect', async () => {
    const spark = await findSpark(readers);
    if (!spark.ok) throw new Error(spark.reason);
    const folder = await mkdtemp(join(tmpdir(), 'spark-connect-'));
    const server = await startConnect(spark, folder, { ...SMALL, ...conf }, SHORT_LIVED);
    const stop = async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    };
    return { ...server, stop };
  });
}

let shared: Promise<Engine<SparkConnect>> | undefined;
let users = 0;

/** One server for all files of this process that ask for it (`scripts/unit.ts`), ended by the last that stops it. Two tasks at once; each is tried twice. */
export async function sharedSparkConnect(): Promise<Engine<SparkConnect>> {
  users += 1;
  shared ??= sparkConnect({ 'spark.master': 'local[2,2]' });
  const server = await shared;
  if (!server.ok) return server;
  const stop = async () => {
    users -= 1;
    if (users > 0) return;
    shared = undefined;
    await server.stop();
  };
  return { ...server, stop };
}

/** Starts a Spark Connect server whose log and tables are in `folder`. */
export async function startConnect(
  spark: Spark,
  folder: string,
  conf: Conf,
  options: readonly string[] = [],
): Promise<SparkConnect> {
  const server: SparkProcess = await startSpark(spark, {
    main: 'org.apache.spark.sql.connect.service.SparkConnectServer',
    properties: { ...LOOPBACK, ...DELTA, 'spark.sql.warehouse.dir': join(folder, 'warehouse'), ...conf },
    heap: '1g',
    options,
    folder,
    log: join(folder, 'connect.log'),
    ready: /Spark Connect server started at: .*:(\d+)$/,
  });
  const port = Number(server.found[1]);
  return { url: `sc://127.0.0.1:${port}`, port, pid: server.pid, folder, stop: server.stop };
}

/** Fifty tasks, as is the default, to read the log of a table that has three commits take longer than all that is done with it. */
const SMALL = {
  'spark.master': 'local[2]',
  'spark.sql.shuffle.partitions': '4',
  'spark.databricks.delta.snapshotPartitions': '2',
  'spark.sql.sources.parallelPartitionDiscovery.parallelism': '2',
};

/** Of two tiers of compilers only the quick one: most of what a test runs runs a few times. */
const SHORT_LIVED = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

const LOOPBACK = {
  'spark.app.name': 'throughline',
  'spark.ui.enabled': 'false',
  'spark.driver.host': '127.0.0.1',
  'spark.driver.bindAddress': '127.0.0.1',
  'spark.connect.grpc.binding.address': '127.0.0.1',
  'spark.connect.grpc.binding.port': '0',
};

const DELTA = {
  'spark.sql.extensions': 'io.delta.sql.DeltaSparkSessionExtension',
  'spark.sql.catalog.spark_catalog': 'org.apache.spark.sql.delta.catalog.DeltaCatalog',
};
