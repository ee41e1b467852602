import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Graph, neighbourGraph } from './graph.ts';
import { nearestNeighbours } from './neighbours.ts';

const DIMENSION = 4;
const vectors = fc
  .array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: DIMENSION, maxLength: DIMENSION }), {
    maxLength: 40,
  })
  .map((rows) => Float32Array.from(rows.flat()));
const weights = fc.constantFrom('cosine' as const, 'umap' as const);

function edges({ nodes, offsets, targets, weights: values }: Graph): Map<string, number> {
  const found = new Map<string, number>();
  for (let node = 0; node < nodes; node++) {
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
      found.set(`${node}-${targets[edge]}`, values[edge]!);
    }
  }
  return found;
}

test('the graph is symmetric, without loops or double edges, and joins exactly the neighbours', async () => {
  await fc.assert(
    fc.asyncProperty(vectors, fc.integer({ min: 1, max: 10 }), weights, async (rows, k, kind) => {
      const n = rows.length / DIMENSION;
      const neighbours = await nearestNeighbours(rows, DIMENSION, { k });
      const graph = neighbourGraph(n, neighbours, { weights: kind });
      const found = edges(graph);
      assert.equal(found.size, graph.targets.length, 'no edge twice');
      const expected = new Set<string>();
      for (const [i, j] of neighbours.indices.entries()) {
        const from = Math.floor(i / neighbours.k);
        expected.add(`${from}-${j}`).add(`${j}-${from}`);
      }
      assert.deepEqual(new Set(found.keys()), expected);
      for (const [edge, weight] of found) {
        const [a, b] = edge.split('-');
        assert.notEqual(a, b);
        assert.equal(found.get(`${b}-${a}`), weight);
        assert.ok(weight > 0 && weight <= 1 + 1e-6, String(weight));
      }
    }),
    { numRuns: 40 },
  );
});

test('a cosine below zero becomes the least weight', () => {
  const neighbours = { k: 1, indices: Int32Array.of(1, 0), similarities: Float32Array.of(-0.5, -0.5) };
  assert.deepEqual([...neighbourGraph(2, neighbours).weights], [1e-6, 1e-6]);
});

test('fuzzy weights of a list sum to log2 k before the union', () => {
  // Node 0 lists four others, none of which lists node 0: what stands in its row is its own list alone.
  const k = 4;
  const indices = Int32Array.from([
    1,
    2,
    3,
    4,
    ...[1, 2, 3, 4].flatMap((i) => [5, 6, 7, 8].map((j) => j + 4 * i)),
  ]);
  const lists = neighbourGraph(
    5 + 20,
    {
      k,
      indices: Int32Array.from(
        { length: 25 * k },
        (_, i) => indices[i] ?? (Math.floor(i / k) + 1 + (i % k)) % 25,
      ),
      similarities: Float32Array.from({ length: 25 * k }, (_, i) => 0.9 - 0.1 * (i % k)),
    },
    { weights: 'umap' },
  );
  const row = lists.weights.subarray(lists.offsets[0]!, lists.offsets[1]!);
  const own = [...row].filter((_, i) => lists.targets[lists.offsets[0]! + i]! <= 4);
  assert.ok(Math.abs(own.reduce((a, b) => a + b, 0) - Math.log2(k)) < 1e-3, String(own));
});
