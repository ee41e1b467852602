/**
 * `npm run spark [-- --logs FOLDER]`: a Spark cluster on this machine until Ctrl-C, a real one: a master, two workers
 * with a core each, and a Spark Connect server with Delta, in processes of their own, on free ports of the loopback.
 */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Engine, engine } from './engine.ts';
import { spark as findSpark, type Spark } from './spark.ts';
import { startConnect } from './spark-connect.ts';
import { startSpark } from './spark-process.ts';

export interface SparkCluster {
  /** `sc://127.0.0.1:PORT` */
  url: string;
  /** Pids: the master, the workers, the Connect server. */
  pids: number[];
  /** Ends the server, then the workers with their executors, then the master. */
  stop(): Promise<void>;
}

const WORKERS = 2;

/**
 * Starts the cluster, `conf` beside its own settings; its logs, tables and the executors' working folders are in `folder`. Takes 20
 * to 60 s.
 */
export async function sparkCluster(
  folder: string,
  conf: Readonly<Record<string, string>> = {},
): Promise<Engine<SparkCluster>> {
  return await engine('Spark cluster', async () => {
    const spark = await findSpark();
    if (!spark.ok) throw new Error(spark.reason);
    return await start(spark, folder, conf);
  });
}

async function start(
  spark: Spark,
  folder: string,
  conf: Readonly<Record<string, string>>,
): Promise<SparkCluster> {
  await mkdir(folder, { recursive: true });
  const started: { pid: number; stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const { stop } of started.toReversed()) await stop();
  };
  const keep = <T extends { pid: number; stop(): Promise<void> }>(one: T): T => {
    started.push(one);
    return one;
  };
  try {
    const master = keep(await startMaster(spark, folder));
    const url = master.found[1]!;
    for (let n = 1; n <= WORKERS; n++) keep(await startWorker(spark, folder, n, url));
    const server = keep(
      await startConnect(spark, folder, { ...ofCluster(spark), ...conf, 'spark.master': url }),
    );
    return { url: server.url, pids: started.map(({ pid }) => pid), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startMaster(spark: Spark, folder: string) {
  return startSpark(spark, {
    main: 'org.apache.spark.deploy.master.Master',
    args: ['--host', '127.0.0.1', '--port', '0', '--webui-port', '0'],
    heap: '512m',
    folder,
    log: join(folder, 'master.log'),
    ready: /Starting Spark master at (spark:\/\/\S+)/,
  });
}

function startWorker(spark: Spark, folder: string, n: number, master: string) {
  const own = ['--host', '127.0.0.1', '--webui-port', '0', '--cores', '1', '--memory', '1g'];
  return startSpark(spark, {
    main: 'org.apache.spark.deploy.worker.Worker',
    args: [...own, '--work-dir', join(folder, `worker-${n}`), master],
    heap: '512m',
    folder,
    log: join(folder, `worker-${n}.log`),
    ready: /Successfully registered with master/,
  });
}

/** Executors get Delta's jars by path: they are on this machine. */
function ofCluster({ jars }: Spark): Record<string, string> {
  return {
    'spark.executor.cores': '1',
    'spark.executor.memory': '1g',
    'spark.executor.extraClassPath': jars.join(delimiter),
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { logs: { type: 'string' } } });
  const folder = values.logs ? resolve(values.logs) : await mkdtemp(join(tmpdir(), 'spark-cluster-'));
  const interrupted = new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, done);
  });
  console.error(`Starting a master, ${WORKERS} workers and a Spark Connect server; logs in ${folder}`);
  const cluster = await sparkCluster(folder);
  if (!cluster.ok) {
    console.error(cluster.reason);
    process.exitCode = 69;
    return;
  }
  console.log(cluster.url);
  console.error('Ready. Ctrl-C stops it.');
  await interrupted;
  console.error('Stopping.');
  await cluster.stop();
}

if (import.meta.main) await main().finally(() => process.exit());
