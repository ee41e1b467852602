/**
 * The Spark engine against the local one: the same rows through `throughline run --only map`, on the cores of this machine. Cost is
 * a fixed part and a slope; both are read off two sizes. Load beside it is in both.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { type SparkCluster, sparkCluster } from '../engines/spark-cluster.ts';
import { executorArchive } from '../packages/throughline/src/engine/spark/archive.ts';
import { encodeSettings } from '../packages/throughline/src/engine/spark/worker/settings.ts';
import { ROOT } from '../scripts/packages.ts';

export const description =
  'fixed cost and seconds per 1,000 passages of the Spark engine, against worker threads; memory at 10 times the rows';

const [SMALL, LARGE] = (process.env.BENCH_SPARK_ROWS ?? '900,5400').split(',').map(Number) as [
  number,
  number,
];
const ROUNDS = Number(process.env.BENCH_SPARK_ROUNDS ?? 1);
/** `one` leaves out the second executor and the memory, `two` all but the two executors: more rounds in the same time. */
const PART = process.env.BENCH_SPARK_PART;
const MEMORY_ROWS = Number(process.env.BENCH_SPARK_MEMORY_ROWS ?? 20_000);

interface Row {
  readonly what: string;
  readonly 'fixed s'?: number;
  readonly 's per 1,000'?: number;
  readonly 'against local'?: number;
  readonly value?: number;
  readonly unit?: string;
}

interface Line {
  fixed: number;
  slope: number;
}

export default async function run(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-spark-'));
  const clusters: SparkCluster[] = [];
  const open = async (name: string, executors: 1 | 2) => {
    const cluster = await sparkCluster(join(folder, name), { 'spark.cores.max': String(executors) });
    if (!cluster.ok) throw new Error(cluster.reason);
    clusters.push(cluster);
    return cluster;
  };
  try {
    if (PART === 'two') {
      const both = await lines(folder, 'two', { threads: 2 }, (await open('two', 2)).url);
      return twoRows(both);
    }
    console.error('spark: starting a cluster of one executor');
    const one = await lines(folder, 'one', { threads: 1 }, (await open('one', 1)).url);
    await clusters.pop()!.stop();
    const first = [
      row('local, 1 thread', one.local),
      row('Spark, 1 executor of 1 core', one.spark, one.local),
    ];
    if (PART === 'one') return first;
    console.error('spark: starting a cluster of two executors');
    const cluster = await open('two', 2);
    const two = await lines(folder, 'two', { threads: 2 }, cluster.url);
    const speedup = (of: 'local' | 'spark') => one[of].slope / two[of].slope;
    return [
      ...first,
      ...twoRows(two),
      value('second core: speed-up, local', speedup('local'), 'times'),
      value('second executor: speed-up', speedup('spark'), 'times'),
      value('second executor / second thread', speedup('spark') / speedup('local'), ''),
      ...(await startRows(folder, one.local.slope)),
      ...(await memoryRows(folder, cluster)),
    ];
  } finally {
    for (const cluster of clusters) await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function twoRows({ local, spark }: { local: Line; spark: Line }): Row[] {
  return [row('local, 2 threads', local), row('Spark, 2 executors of 1 core', spark, local)];
}

function row(what: string, line: Line, against?: Line): Row {
  return {
    what,
    'fixed s': line.fixed,
    's per 1,000': line.slope,
    ...(against && { 'against local': line.slope / against.slope }),
  };
}

function value(what: string, measured: number, unit: string): Row {
  return { what, value: measured, unit };
}

/** Both engines in turn, after one run to warm up; the best of the rounds. */
async function lines(
  folder: string,
  name: string,
  { threads }: { threads: number },
  url: string,
): Promise<{ local: Line; spark: Line }> {
  const engines = {
    local: { engine: 'local', embed: { model: 'minilm', threads } },
    spark: { engine: { spark: url }, embed: { model: 'minilm' } },
  };
  const best = { local: new Map<number, Run>(), spark: new Map<number, Run>() };
  await pipeline(join(folder, `${name}-warm`), await complaints(SMALL), engines.spark);
  for (let round = 0; round < ROUNDS; round++) {
    for (const rows of [SMALL, LARGE]) {
      for (const engine of ['local', 'spark'] as const) {
        const measured = await pipeline(
          join(folder, `${name}-${engine}-${rows}-${round}`),
          await complaints(rows),
          engines[engine],
        );
        console.error(`spark: ${name}, ${engine}, ${rows} rows: ${measured.seconds.toFixed(1)} s`);
        const before = best[engine].get(rows);
        if (!before || measured.seconds < before.seconds) best[engine].set(rows, measured);
      }
    }
  }
  return { local: lineOf(best.local), spark: lineOf(best.spark) };
}

function lineOf(runs: ReadonlyMap<number, Run>): Line {
  const [small, large] = [runs.get(SMALL)!, runs.get(LARGE)!];
  const slope = (large.seconds - small.seconds) / (large.passages - small.passages);
  return { fixed: small.seconds - slope * small.passages, slope: 1_000 * slope };
}

interface Run {
  seconds: number;
  passages: number;
  /** Of the client, at its highest. */
  mebibytes: number;
}

async function pipeline(folder: string, csv: string, config: object): Promise<Run> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'complaints.csv'), csv);
  const source = {
    ...{ type: 'csv', path: 'complaints.csv', id: 'complaint_id', text: 'narrative' },
    ...{ timestamp: 'date_received', attributes: ['product', 'company'] },
  };
  const chunk = { by: 'date_received', every: '1M' };
  await writeFile(
    join(folder, 'throughline.yaml'),
    JSON.stringify({ name: 'bench', source, chunk, ...config }),
  );
  const started = performance.now();
  const bin = join(ROOT, 'packages', 'throughline', 'bin', 'throughline.js');
  const child = spawn('/usr/bin/env', [process.execPath, bin, 'run', '--only', 'map', '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr, highest] = ['', '', 0];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const watch = setInterval(async () => {
    highest = Math.max(highest, await highWater(child.pid!).catch(() => 0));
  }, 200);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(watch);
  const seconds = (performance.now() - started) / 1_000;
  if (code !== 0) throw new Error(`the run ended with ${code}: ${stderr}`);
  return { seconds, passages: JSON.parse(stdout).passages, mebibytes: highest };
}

/** Most memory that a process ever had (MiB). */
async function highWater(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1_024;
}

/** The demo's records, again under other ids and with other texts where more are asked for. */
async function complaints(rows: number): Promise<string> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `SELECT complaint_id || '-' || copy AS complaint_id, narrative || IF(copy = 0, '', ' ' || copy) AS narrative,
       date_received, product, company
     FROM read_csv(?, all_varchar = true, header = true) CROSS JOIN range(?::BIGINT) AS copies(copy)
     ORDER BY copy, complaint_id LIMIT ?`,
    [join(ROOT, 'demo', 'complaints.csv'), 100n, BigInt(rows)],
  );
  instance.closeSync();
  const cell = (value: unknown) => `"${String(value ?? '').replaceAll('"', '""')}"`;
  const lines = [reader.columnNames(), ...reader.getRows()].map((row) => row.map(cell).join(','));
  return `${lines.join('\n')}\n`;
}

/** What a task costs before its first vector, and how many texts make it a twentieth. */
async function startRows(folder: string, secondsPer1000: number): Promise<Row[]> {
  const archive = await executorArchive({ arch: process.arch as 'x64', spec: { model: 'minilm' } });
  const bundle = join(folder, 'bundle');
  await mkdir(bundle);
  await promisify(execFile)('tar', ['-xzf', archive.path, '-C', bundle]);
  const times: number[] = [];
  for (let i = 0; i < 7; i++) times.push(await startOnce(bundle, encodeSettings({ model: archive.spec })));
  const median = times.sort((a, b) => a - b)[3]!;
  return [
    value('start of a task (Node, model, first vector)', median, 's'),
    value(
      'texts of a task at which its start is 5 %',
      Math.ceil((1_000 * median) / secondsPer1000 / 0.05),
      '',
    ),
  ];
}

function startOnce(bundle: string, settings: string): Promise<number> {
  const started = performance.now();
  const child = spawn(join(bundle, 'node'), [join(bundle, 'lib/worker.mjs'), 'embed', settings], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end('{"hash":"1","text":"one text"}\n');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdout.once('data', () => resolve((performance.now() - started) / 1_000));
  });
}

/** Ten times the rows, without a model: what grows is what is kept. */
async function memoryRows(folder: string, cluster: SparkCluster): Promise<Row[]> {
  const config = { engine: { spark: cluster.url, taskTexts: 2_500 }, embed: { model: 'hash' } };
  const server = cluster.pids.at(-1)!;
  const measured: { client: number; server: number }[] = [];
  // The first of them only fills what Spark keeps of the last jobs.
  for (const rows of [MEMORY_ROWS, MEMORY_ROWS, 10 * MEMORY_ROWS]) {
    const live: number[] = [];
    const sampling = new AbortController();
    const sampled = sampleLiveHeap(server, live, sampling.signal);
    const name = join(folder, `memory-${rows}-${measured.length}`);
    const { mebibytes } = await pipeline(name, generated(rows), config);
    sampling.abort();
    await sampled;
    measured.push({ client: mebibytes, server: Math.max(...live) });
    console.error(`spark: memory at ${rows} rows: ${JSON.stringify(measured.at(-1))}`);
  }
  const [, few, many] = measured as [unknown, (typeof measured)[0], (typeof measured)[0]];
  return [
    value(`client, ${MEMORY_ROWS} rows`, few.client, 'MiB'),
    value('client, 10 times the rows', many.client / few.client, 'times'),
    value(`Connect server, live heap, ${MEMORY_ROWS} rows`, few.server, 'MiB'),
    value('Connect server, 10 times the rows', many.server / few.server, 'times'),
  ];
}

const SAMPLE_MS = 3_000;

/** What is left on a Java heap after a full collection (MiB), again and again: its size says only when Java last cared. */
async function sampleLiveHeap(pid: number, live: number[], signal: AbortSignal): Promise<void> {
  const jcmd = async (command: string) => (await promisify(execFile)('jcmd', [String(pid), command])).stdout;
  while (!signal.aborted) {
    await jcmd('GC.run');
    const used = /used (\d+)K/.exec(await jcmd('GC.heap_info'))?.[1];
    if (used) live.push(Number(used) / 1_024);
    await sleep(SAMPLE_MS, undefined, { signal }).catch(() => {});
  }
}

function generated(rows: number): string {
  const lines = ['complaint_id,narrative,date_received,product,company\n'];
  for (let i = 0; i < rows; i++) {
    const day = new Date(Date.UTC(2020, 0, 1 + (i % 1_500))).toISOString().slice(0, 10);
    lines.push(
      `${i},"They call me about debt ${i} of another person, again and again.",${day},p${i % 7},c${i % 90}\n`,
    );
  }
  return lines.join('');
}
