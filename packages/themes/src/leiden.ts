import { aggregate } from './aggregate.ts';
import type { Graph } from './graph.ts';
import { moveNodes } from './move-nodes.ts';
import { bySize, communityCount, connectedParts, modularity, type Network, network } from './partition.ts';
import { random, upTo } from './random.ts';
import { refine } from './refine.ts';

export interface LeidenOptions {
  /**
   * Larger values make more and smaller communities. For modularity 1 is the plain one. For CPM it is a weight: communities are denser
   * than it inside and sparser between them.
   */
  resolution: number;
  /** `modularity` unless told, or `cpm`, the constant Potts model, which has no resolution limit. */
  measure?: 'modularity' | 'cpm';
  seed: number;
  /** Runs, each from the result of the last; 3 by default. It stops early when a run changes nothing. */
  iterations?: number;
}

export interface Communities {
  /** Community of each node: 0, 1, ... by descending size, then by first member. Each is connected. */
  membership: Int32Array;
  /** Modularity at the resolution; for CPM the weight inside communities less `resolution` for each pair of their nodes. */
  quality: number;
}

/**
 * The Leiden algorithm (Traag, Waltman and van Eck, "From Louvain to Leiden", 2019) for modularity with a
 * resolution, or CPM. The same graph, options and seed give the same communities. Nodes without edges are alone.
 */
export function leiden(graph: Graph, options: LeidenOptions): Communities {
  const { resolution, seed, iterations = 3, measure = 'modularity' } = options;
  const sizes = measure === 'cpm' ? new Float64Array(graph.nodes).fill(1) : undefined;
  const base = network(graph, new Float64Array(graph.nodes), sizes);
  const next = random(seed);
  let membership: Int32Array = upTo(graph.nodes);
  let quality = modularity(base, membership, resolution);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const improved = bySize(connectedParts(graph, iterate(base, membership, resolution, next)));
    const reached = modularity(base, improved, resolution);
    const gain = reached - quality;
    if (gain >= 0) {
      membership = improved;
      quality = reached;
    }
    if (gain <= 1e-10) break;
  }
  // CPM takes off pairs of different nodes; squared sizes hold each node's pair with itself, and every pair twice.
  if (measure === 'cpm') quality = (quality + resolution * graph.nodes) / 2;
  return { membership: bySize(membership), quality };
}

/** One run: move, refine, aggregate, until a level has nothing left to aggregate. */
function iterate(base: Network, initial: Int32Array, gamma: number, next: () => number): Int32Array {
  /** Node of the current level for each node of the graph. */
  let level: Int32Array = upTo(base.nodes);
  let graph = base;
  let membership: Int32Array = initial.slice();
  for (;;) {
    moveNodes(graph, membership, gamma, next);
    const parts = refine(graph, membership, gamma, next);
    const count = communityCount(parts);
    if (count === graph.nodes) return level.map((node) => membership[node]!);
    const above = communityOfParts(parts, count, membership);
    graph = aggregate(graph, parts, count);
    level = level.map((node) => parts[node]!);
    membership = above;
  }
}

/** The community of each part, renumbered from 0: there may be fewer parts than community numbers. */
function communityOfParts(parts: Int32Array, count: number, membership: Int32Array): Int32Array {
  const communities = new Int32Array(count);
  const names = new Map<number, number>();
  for (let node = 0; node < parts.length; node++) {
    const community = membership[node]!;
    if (!names.has(community)) names.set(community, names.size);
    communities[parts[node]!] = names.get(community)!;
  }
  return communities;
}
