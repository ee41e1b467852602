import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { nightly } from '../../../engines/nightly.ts';
import { pythonVenv } from '../../../engines/python-venv.ts';
import { agreement } from './agreement.ts';
import type { Graph } from './graph.ts';
import { leiden } from './leiden.ts';
import { communityCount, connectedParts, modularity, network } from './partition.ts';
import { random } from './random.ts';

type Edge = readonly [from: number, to: number, weight: number];

function graphOf(nodes: number, edges: readonly Edge[]): Graph {
  const rows = Array.from({ length: nodes }, () => new Map<number, number>());
  for (const [a, b, weight] of edges) {
    if (a === b) continue;
    rows[a]!.set(b, weight);
    rows[b]!.set(a, weight);
  }
  const offsets = new Int32Array(nodes + 1);
  for (const [node, row] of rows.entries()) offsets[node + 1] = offsets[node]! + row.size;
  const sorted = rows.map((row) => [...row].sort(([a], [b]) => a - b));
  return {
    nodes,
    offsets,
    targets: Int32Array.from(sorted.flat().map(([target]) => target)),
    weights: Float64Array.from(sorted.flat().map(([, weight]) => weight)),
  };
}

/** Groups of equal size: an edge with probability `inside` within a group and `outside` between groups. */
function planted(groups: number, size: number, inside: number, outside: number, seed: number): Graph {
  const next = random(seed);
  const edges: Edge[] = [];
  const group = (node: number) => Math.floor(node / size);
  for (let a = 0; a < groups * size; a++) {
    for (let b = 0; b < a; b++) {
      if (next() < (group(a) === group(b) ? inside : outside)) edges.push([a, b, 0.2 + next()]);
    }
  }
  return graphOf(groups * size, edges);
}

const anyGraph = fc.integer({ min: 0, max: 40 }).chain((nodes) => {
  const node = fc.nat(Math.max(0, nodes - 1));
  const weight = fc.double({ min: 0.01, max: 2, noNaN: true });
  const edges = nodes < 2 ? fc.constant([]) : fc.array(fc.tuple(node, node, weight), { maxLength: 120 });
  return edges.map((list) => graphOf(nodes, list));
});
const options = fc.record({ resolution: fc.constantFrom(0.1, 0.5, 1, 2, 8), seed: fc.nat(1000) });

test('communities are connected, numbered by size, and their quality is the modularity that is told', () => {
  fc.assert(
    fc.property(anyGraph, options, (graph, { resolution, seed }) => {
      const { membership, quality } = leiden(graph, { resolution, seed });
      const count = communityCount(membership);
      assert.equal(membership.length, graph.nodes);
      assert.equal(communityCount(connectedParts(graph, membership)), count);
      const sizes = new Int32Array(count);
      for (const community of membership) sizes[community]!++;
      assert.ok(sizes.every((size, i) => size > 0 && (i === 0 || size <= sizes[i - 1]!)));
      assert.equal(quality, modularity(network(graph), membership, resolution));
    }),
  );
});

test('no single node can be moved to raise the quality', () => {
  fc.assert(
    fc.property(anyGraph, options, (graph, { resolution, seed }) => {
      const { membership, quality } = leiden(graph, { resolution, seed, iterations: 50 });
      const all = network(graph);
      for (let node = 0; node < graph.nodes; node++) {
        for (
          let community = 0;
          community < Math.min(graph.nodes, communityCount(membership) + 1);
          community++
        ) {
          const moved = membership.slice();
          moved[node] = community;
          assert.ok(modularity(all, moved, resolution) <= quality + 1e-9);
        }
      }
    }),
    { numRuns: 60 },
  );
});

/** As it is defined: weight inside, less the resolution for each pair of nodes of one community. */
function cpmQuality(graph: Graph, membership: ArrayLike<number>, resolution: number): number {
  const sizes = new Map<number, number>();
  for (let node = 0; node < graph.nodes; node++) {
    sizes.set(membership[node]!, (sizes.get(membership[node]!) ?? 0) + 1);
  }
  const inside = edgesOf(graph).filter(([a, b]) => membership[a] === membership[b]);
  const pairs = [...sizes.values()].reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
  return inside.reduce((sum, [, , weight]) => sum + weight, 0) - resolution * pairs;
}

test('CPM: the quality is that of the definition, and no single node can be moved to raise it', () => {
  fc.assert(
    fc.property(anyGraph, options, (graph, { resolution, seed }) => {
      const { membership, quality } = leiden(graph, { resolution, seed, measure: 'cpm', iterations: 50 });
      assert.ok(Math.abs(quality - cpmQuality(graph, membership, resolution)) < 1e-9);
      assert.equal(communityCount(connectedParts(graph, membership)), communityCount(membership));
      for (let node = 0; node < graph.nodes; node++) {
        for (let community = 0; community <= communityCount(membership); community++) {
          const moved = membership.slice();
          moved[node] = community;
          assert.ok(cpmQuality(graph, moved, resolution) <= quality + 1e-9);
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('CPM finds a clique in each place of a long ring, where modularity joins neighbours', () => {
  const size = 4;
  const cliques = 60;
  const edges: Edge[] = [];
  for (let c = 0; c < cliques; c++) {
    for (let a = 0; a < size; a++) for (let b = 0; b < a; b++) edges.push([c * size + a, c * size + b, 1]);
    edges.push([c * size, ((c + 1) % cliques) * size + 1, 1]);
  }
  const ring = graphOf(cliques * size, edges);
  const count = (measure: 'modularity' | 'cpm', resolution: number) =>
    communityCount(leiden(ring, { resolution, seed: 1, measure }).membership);
  assert.equal(count('cpm', 0.5), cliques);
  assert.ok(count('modularity', 1) < cliques);
});

test('the same seed gives the same communities', () => {
  fc.assert(
    fc.property(anyGraph, options, (graph, given) =>
      assert.deepEqual(leiden(graph, given), leiden(graph, given)),
    ),
  );
});

test('planted communities are found', () => {
  for (const seed of [1, 2, 3]) {
    const { membership } = leiden(planted(12, 30, 0.4, 0.02, seed), { resolution: 1, seed });
    const truth = Int32Array.from({ length: 360 }, (_, node) => Math.floor(node / 30));
    assert.ok(agreement(membership, truth).ari > 0.99);
  }
});

test('a higher resolution makes more communities', () => {
  const graph = planted(8, 25, 0.5, 0.05, 4);
  const counts = [0.05, 1, 8].map((resolution) =>
    communityCount(leiden(graph, { resolution, seed: 1 }).membership),
  );
  assert.ok(counts[0]! < counts[1]! && counts[1]! < counts[2]!, String(counts));
});

test('a graph without edges has every node alone', () => {
  const { membership, quality } = leiden(graphOf(3, []), { resolution: 1, seed: 0 });
  assert.deepEqual([...membership], [0, 1, 2]);
  assert.equal(quality, 0);
});

const LEIDENALG = ['leidenalg==0.10.2', 'igraph==0.11.9'];
const ORACLE = `
import json, sys, igraph, leidenalg
for g in json.load(open(sys.argv[1])):
    graph = igraph.Graph(n=g["nodes"], edges=[e[:2] for e in g["edges"]])
    graph.es["weight"] = [e[2] for e in g["edges"]]
    kind = leidenalg.CPMVertexPartition if g["measure"] == "cpm" else leidenalg.RBConfigurationVertexPartition
    find = lambda seed: leidenalg.find_partition(graph, kind, weights="weight",
        resolution_parameter=g["resolution"], n_iterations=3, seed=seed)
    print(json.dumps([find(seed).membership for seed in range(g["seeds"])]))
`;

test('modularity and CPM are in the mean those of leidenalg, the reference implementation, or higher, to within half a percent', {
  skip: nightly,
}, async (t) => {
  const engine = await pythonVenv(LEIDENALG);
  if (!engine.ok) return t.skip(engine.reason);
  const graphs = [
    { graph: planted(15, 20, 0.4, 0.05, 7), seeds: 10 },
    { graph: planted(40, 15, 0.5, 0.01, 8), seeds: 10 },
    // There is no structure to find here: seeds differ by 2 to 3 %, with either implementation.
    { graph: planted(1, 200, 0.05, 0, 9), seeds: 20 },
  ];
  const cases = graphs.flatMap((given) => [
    ...[0.5, 1, 3].map((resolution) => ({ ...given, resolution, measure: 'modularity' as const })),
    ...[0.02, 0.05, 0.1, 0.3].map((resolution) => ({ ...given, resolution, measure: 'cpm' as const })),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'throughline-leiden-'));
  try {
    const path = join(folder, 'graphs.json');
    await writeFile(
      path,
      JSON.stringify(
        cases.map(({ graph, ...rest }) => ({ nodes: graph.nodes, edges: edgesOf(graph), ...rest })),
      ),
    );
    const { stdout } = await promisify(execFile)(engine.python, ['-c', ORACLE, path]);
    const found = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as number[][]);
    for (const [index, { graph, seeds, resolution, measure }] of cases.entries()) {
      const quality = (membership: number[]) =>
        measure === 'cpm'
          ? cpmQuality(graph, membership, resolution)
          : modularity(network(graph), Int32Array.from(membership), resolution);
      const theirs = mean(found[index]!.map(quality));
      const runs = Array.from({ length: seeds }, (_, seed) => leiden(graph, { resolution, seed, measure }));
      const ours = mean(runs.map((run) => run.quality));
      assert.ok(ours >= theirs - 0.005 * Math.abs(theirs), `${ours} < ${theirs}, case ${index}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

function edgesOf({ nodes, offsets, targets, weights }: Graph): Edge[] {
  const edges: Edge[] = [];
  for (let node = 0; node < nodes; node++) {
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
      if (targets[edge]! > node) edges.push([node, targets[edge]!, weights[edge]!]);
    }
  }
  return edges;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
