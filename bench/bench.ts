/**
 * Runs one bench: `npm run bench -- NAME`. Its rows are printed as a table and kept, with the machine they were
 * measured on, in bench/results/NAME.json. Without a name it lists the benches.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { formatTable, type Row } from './table.ts';

/** What a file in this folder exports to be a bench. */
interface Bench {
  readonly description: string;
  /** Resolves to what was measured; no rows where something that it needs is absent, which it says itself. */
  readonly default: () => Promise<readonly Row[]>;
}

const HERE = import.meta.dirname;
const NOT_BENCHES = ['bench.ts', 'collections.ts', 'table.ts'];

const name = process.argv[2];
const names = await benches();
if (name === undefined) await list();
else if (names.includes(name)) await measure(name);
else {
  console.error(`There is no bench "${name}". There are: ${names.join(', ')}.`);
  process.exitCode = 64;
}

async function benches(): Promise<string[]> {
  const files = await readdir(HERE);
  const scripts = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  return scripts.filter((file) => !NOT_BENCHES.includes(file)).map((file) => file.slice(0, -3));
}

async function list(): Promise<void> {
  const rows: Row[] = [];
  for (const bench of names) rows.push({ bench, measures: (await load(bench)).description });
  console.log(formatTable(rows));
}

async function measure(bench: string): Promise<void> {
  const { default: run } = await load(bench);
  const rows = await run();
  if (rows.length === 0) return;
  console.log(formatTable(rows));
  const machine = { cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version };
  const results = join(HERE, 'results');
  await mkdir(results, { recursive: true });
  const path = join(results, `${bench}.json`);
  const measured = { bench, at: new Date().toISOString(), machine, rows };
  await writeFile(path, `${JSON.stringify(measured, null, 2)}\n`);
  console.log(`\nWritten to ${path}`);
}

function load(bench: string): Promise<Bench> {
  return import(join(HERE, `${bench}.ts`));
}
