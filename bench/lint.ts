/** How long a lint takes once it is loaded: a notebook of 100 cells, and all notebooks of a folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNotebookScript, lintNotebook } from '../packages/notebook-lint/src/index.ts';
import { findNotebooks } from '../packages/throughline/src/lint/find-notebooks.ts';
import type { Row } from './table.ts';

export const description =
  'milliseconds to lint a notebook of 100 cells (goal 300), and whole folders (goal 5,000)';

const FIXTURES = join(import.meta.dirname, '../packages/notebook-lint/fixtures');
/** Notebooks of others, where they are beside the repository. */
const SHARED = join(import.meta.dirname, '../../shared/notebooks');
const RUNS = 9;
const CELLS = 100;

export default async function run(): Promise<Row[]> {
  await lintNotebook('x = 1', { file: 'warm.py' });
  const hundred = { file: 'hundred.ipynb', text: await hundredCells() };
  const folders = [FIXTURES, SHARED].filter((folder) => existsSync(folder));
  const rows = [await measured(`${CELLS} cells`, [hundred])];
  for (const folder of folders)
    rows.push(await measured(folder === SHARED ? 'shared notebooks' : 'fixtures', await textsOf(folder)));
  return rows;
}

interface Text {
  readonly file: string;
  readonly text: string;
}

async function measured(what: string, texts: readonly Text[]): Promise<Row> {
  const times: number[] = [];
  let findings = 0;
  for (let at = 0; at < RUNS; at++) {
    const start = performance.now();
    findings = 0;
    for (const { file, text } of texts) findings += (await lintNotebook(text, { file })).findings.length;
    times.push(performance.now() - start);
  }
  const sorted = times.slice(1).sort((a, b) => a - b);
  return {
    what,
    notebooks: texts.length,
    bytes: texts.reduce((sum, { text }) => sum + text.length, 0),
    findings,
    'first ms': Math.round(times[0]!),
    'median ms': Math.round(sorted[Math.floor(sorted.length / 2)]!),
  };
}

async function textsOf(folder: string): Promise<Text[]> {
  const files = await findNotebooks([folder], isNotebookScript);
  return files.map((file) => ({ file, text: readFileSync(file, 'utf8') }));
}

/** The cells of the fixtures again and again, until there are a hundred. */
async function hundredCells(): Promise<string> {
  const sources: string[] = [];
  for (const { file, text } of await textsOf(FIXTURES)) {
    const { cells } = await lintNotebook(text, { file });
    sources.push(...cells.filter(({ kind }) => kind === 'code').map(({ source }) => source));
  }
  const cells = Array.from({ length: CELLS }, (_, at) => ({
    cell_type: 'code',
    source: sources[at % sources.length],
    outputs: [],
    execution_count: at + 1,
  }));
  return JSON.stringify({ nbformat: 4, metadata: {}, cells });
}
