import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Graph } from './graph.ts';
import { leiden } from './leiden.ts';
import { openLeiden } from './leiden-threads.ts';
import { random } from './random.ts';

/** A ring of `nodes` nodes, each joined to those at most `reach` from it, with random weights. */
function ring(nodes: number, reach: number): Graph {
  const next = random(1);
  const strides = Array.from({ length: nodes * reach }, () => 0.1 + next());
  const rows = Array.from({ length: nodes }, (_, node) =>
    Array.from({ length: 2 * reach }, (_, i) => (i < reach ? i - reach : i - reach + 1))
      .map((step): [number, number] => {
        const other = (node + step + nodes) % nodes;
        const from = step > 0 ? node : other;
        return [other, strides[from * reach + Math.abs(step) - 1]!];
      })
      .sort(([a], [b]) => a - b),
  );
  return {
    nodes,
    offsets: Int32Array.from({ length: nodes + 1 }, (_, node) => 2 * reach * node),
    targets: Int32Array.from(rows.flat().map(([target]) => target)),
    weights: Float64Array.from(rows.flat().map(([, weight]) => weight)),
  };
}

const RUNS = [0.5, 1, 2, 4, 8].map((resolution, seed) => ({ resolution, seed, iterations: 1 }));

test('runs on threads give what runs one after the other give, in whatever order they end', async () => {
  const graph = ring(2_000, 3);
  const expected = RUNS.map((options) => leiden(graph, options));
  for (const threads of [1, 2, 3]) {
    await using runs = openLeiden(graph, threads);
    assert.deepEqual(await Promise.all(RUNS.map((options) => runs.run(options))), expected);
    assert.deepEqual(
      await runs.run(RUNS[0]!),
      expected[0],
      'a thread that has ended a run takes the next one',
    );
  }
});

test('a run that fails is told to who asked for it, and the others can still be ended', async () => {
  const graph = ring(2_000, 2);
  await assert.rejects(async () => {
    await using runs = openLeiden({ ...graph, nodes: Number.MAX_SAFE_INTEGER }, 2);
    await Promise.all(RUNS.map((options) => runs.run(options)));
  }, RangeError);
});

test('few nodes are looked at here, and between runs others have their turn', async () => {
  const graph = ring(100, 2);
  await using runs = openLeiden(graph);
  const turns: string[] = [];
  const all = RUNS.map(async (options) => {
    await runs.run(options);
    turns.push('run');
  });
  setImmediate(() => turns.push('other'));
  await Promise.all(all);
  assert.ok(turns.indexOf('other') < RUNS.length, turns.join());
});
