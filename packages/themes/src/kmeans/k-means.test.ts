import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { nightly } from '../../../../engines/nightly.ts';
import { pythonVenv } from '../../../../engines/python-venv.ts';
import { agreement } from '../agreement.ts';
import { random } from '../random.ts';
import { kMeans } from './k-means.ts';
import { lloyd } from './lloyd.ts';
import { randomState } from './random-state.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures');
/** all-MiniLM-L6-v2, of the first 500 characters of the demo's first 300 complaints. */
const COMPLAINTS = join(FIXTURES, 'complaints-300.f32');
const SEEDS = nightly ? [0, 2_024] : [0, 1, 42, 2_024];
const SCIKIT_LEARN = ['scikit-learn==1.6.1', 'numpy==2.2.6'];

async function floats(path: string): Promise<Float32Array> {
  return new Float32Array(new Uint8Array(await readFile(path)).buffer);
}

async function theirs(python: string, path: string, dimension: number, cases: readonly number[][]) {
  const script = join(FIXTURES, 'kmeans.py');
  const { stdout } = await promisify(execFile)(
    python,
    [script, path, String(dimension), JSON.stringify(cases)],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  return JSON.parse(stdout) as number[][];
}

test('labels are those of scikit-learn, on vectors of a model and on lumps with repeated rows', async (t) => {
  const engine = await pythonVenv(SCIKIT_LEARN);
  if (!engine.ok) return t.skip(engine.reason);
  const cases = [2, 5, 10, 25, 60].flatMap((count) => SEEDS.map((seed) => [count, seed]));
  const rows = await floats(COMPLAINTS);
  const real = await theirs(engine.python, COMPLAINTS, 384, cases);
  for (const [i, [count, seed]] of cases.entries()) {
    const ours = kMeans(rows, 384, { count: count!, seed: seed! });
    assert.deepEqual([...ours], real[i], `${count} clusters, seed ${seed}`);
    assert.equal(agreement(ours, Int32Array.from(real[i]!)).ari, 1);
  }
  const folder = await mkdtemp(join(tmpdir(), 'throughline-kmeans-'));
  try {
    const path = join(folder, 'lumps.f32');
    const lumps = lumpy(400, 3);
    await writeFile(path, new Uint8Array(lumps.buffer));
    const wanted = await theirs(engine.python, path, 3, cases);
    for (const [i, [count, seed]] of cases.entries())
      assert.deepEqual([...kMeans(lumps, 3, { count: count!, seed: seed! })], wanted[i], `${count}, ${seed}`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Random points, of which every tenth is there again. */
function lumpy(count: number, dimension: number): Float32Array {
  const next = random(11);
  const rows = Float32Array.from({ length: count * dimension }, () => next() + next());
  for (let row = 10; row < count; row += 10)
    rows.copyWithin(row * dimension, (row - 10) * dimension, (row - 9) * dimension);
  return rows;
}

test('numbers are those of numpy.random.RandomState', () => {
  const state = randomState(0);
  assert.deepEqual([state.sample(), state.sample()], [0.5488135039273248, 0.7151893663724195]);
  const other = randomState(42);
  assert.equal(other.sample(), 0.3745401188473625);
  for (let i = 1; i < 999; i++) other.sample();
  // The thousandth: past the first turn of the state.
  assert.equal(other.sample(), 0.44600577295795574);
});

test('every row is with the nearest mean of its cluster, and the same seed gives the same labels', () => {
  const input = fc.record({
    values: fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 8, maxLength: 80 }),
    count: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(2 ** 32 - 1),
  });
  fc.assert(
    fc.property(input, ({ values, count, seed }) => {
      const rows = Float32Array.from(values.slice(0, values.length - (values.length % 2)));
      const labels = kMeans(rows, 2, { count, seed });
      assert.deepEqual(kMeans(rows, 2, { count, seed }), labels);
      assert.ok(labels.every((label) => label >= 0 && label < count));
    }),
  );
});

test('a centre that loses its rows is put on the row that is farthest from its own', () => {
  const rows = Float32Array.of(0, 0.1, 0.2, 5, 9);
  const { labels, centres } = lloyd(rows, 1, Float32Array.of(0, 100), { iterations: 10, tolerance: 0 });
  assert.deepEqual([...labels], [0, 0, 0, 0, 1]);
  assert.equal(centres[1], 9);
});

test('more clusters than vectors, and vectors that are no numbers, are refused', () => {
  assert.throws(() => kMeans(Float32Array.of(1, 2), 1, { count: 3 }), /2 vectors cannot be 3 clusters/);
  assert.throws(() => kMeans(Float32Array.of(1, Number.NaN), 1, { count: 1 }), /vector 1 holds NaN/);
});
