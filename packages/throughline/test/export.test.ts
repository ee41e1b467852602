/** What leaves the lake, as Python reads it: each format of `export`, and the notebook in examples/. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { pythonVenv } from '../../../engines/python-venv.ts';
import { run } from './cli.ts';
import { type ServedProject, served, servedProject } from './served.ts';

const execute = promisify(execFile);
const engine = await pythonVenv([
  ...['deltalake==1.6.6', 'pyarrow==26.0.1', 'pandas', 'duckdb', 'nbclient', 'ipykernel'],
]);
const skip = engine.ok ? false : engine.reason;

let made: ServedProject;
let out: string;
before(async () => {
  made = await servedProject(150);
  out = await mkdtemp(join(tmpdir(), 'throughline-export-'));
});
after(async () => {
  await made.remove();
  await rm(out, { recursive: true, force: true });
});

interface ExportedJson {
  rows: number;
  files: string[];
  columns: string[];
}

async function exported(...args: string[]) {
  return await run<ExportedJson>(['export', ...args, '--json'], { cwd: made.folder });
}

async function python<T>(script: string, ...args: string[]): Promise<T> {
  if (!engine.ok) throw new Error(engine.reason);
  const { stdout } = await execute(engine.python, ['-c', script, ...args], { maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as T;
}

/** Every format as a frame, each against what deltalake reads of the table itself. */
const COMPARE = `
import glob, json, sys, numpy as np, pandas as pd, pyarrow.feather as feather
from deltalake import DeltaTable
lake, out = sys.argv[1:]
build = json.load(open(lake + "/current.json"))["build"]
table = DeltaTable(f"{lake}/builds/{build}/passages").to_pandas().sort_values(["_id", "_chunk", "_ordinal"], ignore_index=True)
vectors = np.stack(table["_embedding"])
frames = {
    "parquet": pd.read_parquet(out + "/p.parquet"),
    "arrow": feather.read_feather(out + "/p.arrow"),
    "jsonl": pd.read_json(out + "/p.jsonl", lines=True, dtype={"_id": str}, convert_dates=False),
    "csv": pd.read_csv(out + "/p.csv", dtype={"_id": str}, keep_default_na=False, na_values=[""]),
    "npy": pd.read_csv(out + "/p.ids.csv", dtype={"_id": str}, keep_default_na=False, na_values=[""]),
}
said = {}
for name, frame in frames.items():
    text = frame["_text"].tolist() == table["_text"].tolist()
    times = (pd.to_datetime(frame["_at"], utc=True) == pd.to_datetime(table["_at"], utc=True)).all()
    product = frame["product"].fillna("").tolist() == table["product"].fillna("").tolist()
    if name == "npy": found = np.load(out + "/p.npy")
    elif name == "csv": found = np.array([json.loads(v) for v in frame["_embedding"]], dtype="float32")
    else: found = np.array(frame["_embedding"].tolist(), dtype="float32")
    said[name] = [bool(text), bool(times), bool(product), bool((found == vectors).all()), bool(frame["_theme"].notna().all())]
print(json.dumps(said))
`;

test('each format holds the rows of the table, vectors and themes included, bit by bit', {
  skip,
}, async () => {
  for (const format of ['parquet', 'arrow', 'jsonl', 'csv', 'npy']) {
    const { code, json, stderr } = await exported('--output', join(out, `p.${format}`), '--with-themes');
    assert.equal(code, 0, stderr);
    assert.ok(json.rows >= 150);
  }
  const same = await python<Record<string, boolean[]>>(COMPARE, join(made.folder, 'lake'), out);
  for (const [format, equal] of Object.entries(same))
    assert.deepEqual(equal, [true, true, true, true, true], format);
});

test('the same table gives the same file, and none that is not whole stays', async () => {
  const [first, second] = [join(out, 'first.parquet'), join(out, 'second.parquet')];
  await exported('records', '--output', first);
  await exported('records', '--output', second);
  assert.ok((await readFile(first)).equals(await readFile(second)));
  assert.deepEqual(
    (await readdir(out)).filter((name) => name.endsWith('.part')),
    [],
  );
});

test('a filter, columns and a limit; a stream to standard output', async () => {
  const { rows } = made;
  const wanted = rows.filter(({ product }) => product === rows[0]!.product).length;
  const filtered = await run<ExportedJson>(
    [
      'export',
      'records',
      '-o',
      '-',
      '--format',
      'csv',
      '--columns',
      '_id,product',
      '--filter',
      `product == "${rows[0]!.product}"`,
    ],
    { cwd: made.folder },
  );
  const lines = filtered.stdout.trim().split('\n');
  assert.deepEqual([lines[0], lines.length], ['_id,product', wanted + 1]);
  const few = await exported(
    '--output',
    join(out, 'few.jsonl'),
    '--limit',
    '3',
    '--columns',
    '_passage, _text',
  );
  assert.deepEqual([few.json.rows, few.json.columns], [3, ['_passage', '_text']]);
});

test('nothing is written over, and what cannot be exported says why', async () => {
  const file = join(out, 'kept.csv');
  assert.equal((await exported('records', '--output', file)).code, 0);
  assert.equal((await exported('records', '--output', file)).code, 73);
  assert.equal((await exported('records', '--output', file, '--force')).code, 0);
  const codes = [
    ['--output', join(out, 'x.csv'), '--columns', '_idd'],
    ['--output', join(out, 'x.xlsx')],
    ['--output', '-', '--format', 'parquet'],
    ['themes', '--output', join(out, 'x.csv'), '--filter', 'product == "x"'],
    ['themes', '--output', join(out, 'x.npy')],
    ['passags', '--output', join(out, 'x.csv')],
  ].map(async (args) => (await exported(...args)).code);
  assert.deepEqual(await Promise.all(codes), [64, 64, 64, 64, 64, 64]);
  assert.equal((await exported('--output', join(out, 'no', 'such', 'folder.csv'))).code, 73);
});

const EXECUTE = `
import json, sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
print(json.dumps([output.get("text") or output["data"]["text/plain"] for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]))
`;

test('the notebook of examples/ runs, on the tables and against the server', { skip }, async () => {
  if (!engine.ok) return;
  await using server = await served(made);
  const root = join(import.meta.dirname, '..', '..', '..');
  const env = { THROUGHLINE_LAKE: join(made.folder, 'lake'), THROUGHLINE_URL: server.url };
  const { stdout } = await execute(engine.python, ['-c', EXECUTE, join(root, 'examples', 'results.ipynb')], {
    cwd: join(root, 'examples'),
    env: { ...process.env, ...env, PATH: `${join(engine.python, '..')}:${process.env.PATH}` },
    maxBuffer: 1 << 26,
  });
  const outputs = JSON.parse(stdout) as string[];
  assert.equal(outputs.length, 6);
  assert.match(outputs[0]!, /'build'/);
  assert.ok(outputs[1]!.includes('_text'));
  assert.match(outputs[4]!, /150\]/);
  assert.match(outputs[5]!, /^\[\('\d+',\s+[\d.]+,/);
});
