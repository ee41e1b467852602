/** Notebooks of examples/notebooks, taken all the way as docs/from-notebook.md does; and that page itself. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { madeOnce } from '../../../engines/made-once.ts';
import { nightly } from '../../../engines/nightly.ts';
import { pythonVenv } from '../../../engines/python-venv.ts';
import { startFakeApi } from '../../../fake-api/server.ts';
import {
  assertSame,
  checkout,
  type Journey,
  NOTEBOOKS,
  startHub,
  takeOver,
  type Verdict,
} from './from-notebook.ts';
import { stepsOf, takeSteps } from './page-examples.ts';

const execute = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..', '..');
const PAGE = await readFile(join(ROOT, 'docs', 'from-notebook.md'), 'utf8');
const REVISION = 'c9745ed1d9f207416be6d2e6f8de32d1f16199bf';

async function linesOf(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8')).split('\n').filter((line) => /^[A-Za-z]/.test(line));
}

const engine = await pythonVenv(await linesOf(join(NOTEBOOKS, 'requirements.txt')));
const skip = engine.ok ? false : engine.reason;
const python = engine.ok ? engine.python : '';

const dimension = (numbers: number) => ({
  question: /^How many numbers has a vector\?/,
  edit: ['dimension: 384', `dimension: ${numbers}`] as const,
});

/** What the page says of a notebook is what the judge has found. */
function assertAsWritten(t: TestContext, name: string, verdict: Verdict): void {
  t.diagnostic(JSON.stringify(verdict));
  assertSame(verdict);
  const row = PAGE.split('\n').find((line) => line.startsWith(`| ${name} |`));
  const { rows, queries, sameTopTen, leastCosine, unedited, ari } = verdict;
  const found = [
    rows,
    queries,
    `${sameTopTen * 100} %`,
    leastCosine.toFixed(6),
    unedited.functions,
    ari ?? '',
  ];
  assert.equal(row?.replace(/\s+/g, ' '), `| ${name} | ${found.join(' | ')} |`.replace(/\s+/g, ' '));
}

// By day, the commands of the page take the same notebook to the same judge.
test('own-function: a cleaning and an embedding of its own', { skip: skip || nightly }, async (t) => {
  const verdict = await takeOver(t, python, {
    notebook: 'own-function',
    results: ['../examples/notebooks/own_function_results.parquet', '--id', 'complaint_id'],
    answers: [dimension(256)],
  });
  assertAsWritten(t, 'own-function', verdict);
});

test('kmeans: the same clusters', { skip }, async (t) => {
  const verdict = await takeOver(t, python, {
    notebook: 'kmeans',
    results: ['../examples/notebooks/kmeans_results.parquet', '--id', 'complaint_id', '--ari', '1'],
    answers: [
      dimension(64),
      {
        question: /^By what are the rows of the notebook sorted\?/,
        edit: ['  seed: 42\n', '  seed: 42\n  order: [timestamp, id]\n'],
      },
    ],
  });
  assertAsWritten(t, 'kmeans', verdict);
  assert.ok(verdict.ari === 1, String(verdict.ari));
});

test('the judge sees another order of the rows, and a function that was edited', {
  skip: skip || nightly,
}, async (t) => {
  const verdict = await takeOver(t, python, {
    notebook: 'kmeans',
    results: ['../examples/notebooks/kmeans_results.parquet', '--id', 'complaint_id'],
    answers: [dimension(64), { question: /sorted\?/, edit: ['seed: 42', 'seed: 42 # not answered'] }],
    spoil: async (pipeline) => {
      const file = join(pipeline, 'notebook_functions.py');
      await writeFile(
        file,
        (await readFile(file, 'utf8')).replace('hv.transform(docs) @ P', 'hv.transform(docs)@P'),
      );
    },
  });
  assert.ok(verdict.ari! < 0.99, String(verdict.ari));
  assert.deepEqual(verdict.unedited, { functions: 1, same: 0 });
});

test('hosted-api: an API that is asked in batches', { skip: skip || nightly }, async (t) => {
  const api = await startFakeApi({ model: 'text-embedding-3-small', dimension: 256, key: 'desk' });
  t.after(() => api.stop());
  const verdict = await takeOver(t, python, {
    notebook: 'hosted-api',
    results: ['../examples/notebooks/hosted_api_results.jsonl', '--id', 'complaint_id'],
    answers: [],
    environment: { EMBED_URL: api.url.replace(/\/embeddings$/, ''), EMBED_KEY: 'desk' },
  });
  assertAsWritten(t, 'hosted-api', verdict);
});

/** torch is 6 GB: at night. */
async function withModel(t: TestContext, journey: Journey): Promise<Verdict | undefined> {
  const torch = await pythonVenv(await linesOf(join(ROOT, 'bench', 'embed', 'requirements.txt')), [
    '--no-deps',
  ]);
  const deltalake = await pythonVenv(['deltalake==1.6.6', 'pyarrow==26.0.1']);
  if (!torch.ok || !deltalake.ok)
    return void t.skip('the environments with torch and deltalake cannot be made');
  const script = join(import.meta.dirname, 'hub_model.py');
  const contents = [torch.python, await readFile(script, 'utf8'), REVISION];
  const model = await madeOnce('hub-model', contents, async (folder) => {
    await mkdir(folder, { recursive: true });
    await execute(torch.python, [script, folder, REVISION], { maxBuffer: 1 << 26 });
  });
  const hub = await startHub(
    t,
    join(model, 'files'),
    `sentence-transformers/all-MiniLM-L6-v2/resolve/${REVISION}`,
  );
  const { stdout: modules } = await execute(deltalake.python, [
    ...['-c', 'import sysconfig; print(sysconfig.get_paths()["purelib"])'],
  ]);
  const environment = {
    ...{ HF_HOME: join(model, 'huggingface'), TRANSFORMERS_OFFLINE: '1', HF_ENDPOINT: hub },
    ...{ XDG_CACHE_HOME: join(model, 'cache'), TOKENIZERS_PARALLELISM: 'false' },
  };
  return await takeOver(t, torch.python, { ...journey, environment }, modules.trim());
}

test('truncating: a model that reads the beginning of long texts', { skip: nightly }, async (t) => {
  const verdict = await withModel(t, {
    notebook: 'truncating',
    results: [
      ...[
        '../examples/notebooks/truncating_vectors.npy',
        '--ids',
        '../examples/notebooks/truncating_ids.csv',
      ],
      ...['--id', 'complaint_id'],
    ],
    answers: [],
  });
  if (!verdict) return;
  assertAsWritten(t, 'truncating', verdict);
});

test('dot-product: vectors as long as they come', { skip: nightly }, async (t) => {
  const verdict = await withModel(t, {
    notebook: 'dot-product',
    results: [
      '../examples/notebooks/dot_product_results.parquet',
      '--id',
      'complaint_id',
      '--text',
      'narrative',
    ],
    answers: [],
  });
  if (!verdict) return;
  assertAsWritten(t, 'dot-product', verdict);
});

test('the commands of docs/from-notebook.md run as they are written', { skip }, async (t) => {
  const { folder, path } = await checkout(t, python);
  process.env.PATH = path;
  const steps = stepsOf(PAGE);
  assert.ok(steps.length >= 14);
  await takeSteps(t, folder, steps);
});
