/** Delta tables: ours against PyPI deltalake and DuckDB's own Parquet, each measurement in a process of its own. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonVenv } from '../engines/python-venv.ts';
import { APP_ID, COMMITS_A_DAY, DAYS, writeCommits, writeYear } from './delta/long-log.ts';
import { WIDTH, writeVectors } from './delta/source.ts';

export const description =
  'seconds and memory to write, scan and open Delta tables, against deltalake and DuckDB';

const ROWS = Number(process.env.BENCH_DELTA_ROWS ?? 1_000_000);
const ROUNDS = 3;
const REQUIREMENTS = ['deltalake==1.6.6', 'pyarrow==26.0.1', 'duckdb==1.5.5', 'numpy==2.4.6'];

interface Measure {
  readonly seconds: number;
  readonly mebibytes: number;
  readonly [more: string]: unknown;
}

interface Row {
  readonly what: string;
  readonly ours: number;
  readonly duckdb?: number;
  readonly deltalake?: number;
  readonly 'ours / duckdb'?: number;
  readonly 'ours / deltalake'?: number;
}

export default async function run(): Promise<Row[]> {
  const venv = await pythonVenv(REQUIREMENTS);
  if (!venv.ok) {
    console.error(`delta: skipped, ${venv.reason}`);
    return [];
  }
  const folder = await mkdtemp(join(tmpdir(), 'bench-delta-'));
  const ours = (...args: string[]) =>
    measure(process.execPath, [join(import.meta.dirname, 'delta/ours.ts'), ...args]);
  const theirs = (...args: string[]) =>
    measure(venv.python, [join(import.meta.dirname, 'delta/theirs.py'), ...args]);
  try {
    return [
      ...(await rowsBench(folder, ours, theirs)),
      ...(await openingBench(folder, ours, theirs)),
      ...(await yearBench(folder, ours, theirs)),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Run = (...args: string[]) => Promise<Measure>;

async function rowsBench(folder: string, ours: Run, theirs: Run): Promise<Row[]> {
  const vectors = join(folder, 'vectors.f32');
  const [fewVectors, few] = [join(folder, 'few.f32'), Math.ceil(ROWS / 4)];
  console.error(`delta: making ${ROWS} vectors of ${WIDTH} floats`);
  await writeVectors(vectors, ROWS);
  await writeVectors(fewVectors, few);
  const written: Record<string, Measure[]> = { ours: [], duckdb: [], deltalake: [] };
  const scanned: Record<string, Measure[]> = { ours: [], duckdb: [], deltalake: [] };
  for (let round = 0; round < ROUNDS; round++) {
    console.error(`delta: round ${round + 1} of ${ROUNDS}`);
    const root = (name: string) => join(folder, `${name}-${round}`);
    written.ours!.push(await ours('write', root('ours'), vectors));
    written.duckdb!.push(await theirs('duckdb_write', root('duckdb'), vectors));
    written.deltalake!.push(await theirs('deltalake_write', root('deltalake'), vectors));
    scanned.ours!.push(await ours('scan', root('ours')));
    scanned.duckdb!.push(await theirs('duckdb_scan', root('duckdb')));
    scanned.deltalake!.push(await theirs('deltalake_scan', root('deltalake')));
    for (const name of Object.keys(scanned)) {
      const { rows, sum } = scanned[name]!.at(-1)! as unknown as { rows: number; sum: number };
      const expected = scanned.ours![0]!.sum as number;
      if (rows !== ROWS || Math.abs(sum - expected) > 1e-6 * ROWS)
        throw new Error(`${name} read ${rows} rows, sum ${sum}`);
      await rm(root(name), { recursive: true });
    }
  }
  const small = join(folder, 'small');
  const fewer = { write: await ours('write', small, fewVectors), scan: await ours('scan', small) };
  return [
    rowOf(`write ${ROWS} rows, seconds`, written, 'seconds'),
    rowOf(`scan ${ROWS} rows, seconds`, scanned, 'seconds'),
    rowOf(`write ${ROWS} rows, peak MiB`, written, 'mebibytes'),
    rowOf(`scan ${ROWS} rows, peak MiB`, scanned, 'mebibytes'),
    { what: `write ${few} rows, peak MiB`, ours: fewer.write.mebibytes },
    { what: `scan ${few} rows, peak MiB`, ours: fewer.scan.mebibytes },
  ];
}

const COMMITS = 10_000;

async function openingBench(folder: string, ours: Run, theirs: Run): Promise<Row[]> {
  console.error(`delta: making a table of ${COMMITS} commits`);
  const root = join(folder, 'commits');
  await writeCommits(root, COMMITS);
  return await compareOpening(`${COMMITS} commits`, root, ours, theirs);
}

async function yearBench(folder: string, ours: Run, theirs: Run): Promise<Row[]> {
  const rows: Row[] = [];
  for (const optimized of [true, false]) {
    const what = `a year of micro-batches${optimized ? ', optimized daily' : ', never optimized'}`;
    console.error(`delta: making ${what}`);
    const root = join(folder, `year-${optimized}`);
    await writeYear(root, optimized);
    rows.push(...(await compareOpening(what, root, ours, theirs)));
    const stale = await ours('stale', root, APP_ID, String(DAYS * COMMITS_A_DAY - 1));
    if (stale.committed !== false) throw new Error(`${what}: a stale writer committed`);
    rows.push({ what: `${what}: a stale writer is refused, ms`, ours: stale.seconds * 1000 });
  }
  return rows;
}

async function compareOpening(what: string, root: string, ours: Run, theirs: Run): Promise<Row[]> {
  const opened: Record<string, Measure[]> = { ours: [], deltalake: [] };
  const listed: Record<string, Measure[]> = { ours: [], deltalake: [] };
  for (let round = 0; round < ROUNDS; round++) {
    opened.ours!.push(await ours('open', root));
    opened.deltalake!.push(await theirs('deltalake_open', root));
    listed.ours!.push(await ours('files', root));
    listed.deltalake!.push(await theirs('deltalake_files', root));
  }
  const [our, their] = [listed.ours![0]!.files, listed.deltalake![0]!.files];
  if (our !== their) throw new Error(`${what}: ${our} files, deltalake sees ${their}`);
  return [
    rowOf(`open ${what}, ms`, opened, 'seconds', 1000),
    rowOf(`open ${what} and list ${our} files, ms`, listed, 'seconds', 1000),
  ];
}

function rowOf(
  what: string,
  measures: Record<string, Measure[]>,
  key: 'seconds' | 'mebibytes',
  factor = 1,
): Row {
  const median = (name: string) => {
    const sorted = measures[name]?.map((measure) => measure[key] * factor).toSorted((a, b) => a - b);
    return sorted?.[Math.floor(sorted.length / 2)];
  };
  const [ours, duckdb, deltalake] = [median('ours')!, median('duckdb'), median('deltalake')];
  return {
    what,
    ours,
    ...(duckdb === undefined ? {} : { duckdb, 'ours / duckdb': ours / duckdb }),
    ...(deltalake === undefined ? {} : { deltalake, 'ours / deltalake': ours / deltalake }),
  };
}

const execute = promisify(execFile);

async function measure(program: string, args: readonly string[]): Promise<Measure> {
  const { stdout } = await execute(program, args, { maxBuffer: 1 << 24 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Measure;
}
