import type { Graph } from './graph.ts';

/** A graph whose nodes may stand for several: with the weight inside each node, counted once an edge. */
export interface Network extends Graph {
  /** Weight of the edges inside a node. */
  inside: Float64Array;
  /** Weighted degree: all edges of a node, those inside counted twice. For CPM: how many nodes it stands for. */
  strength: Float64Array;
  /** Sum of all strengths: twice the weight of all edges. For CPM 1: its resolution is a weight, not a share. */
  total: number;
  cpm: boolean;
}

/**
 * The network of a graph, for modularity. With `sizes`, how many nodes each node stands for, it is that of the constant Potts model
 * (CPM; Traag, Van Dooren and Nesterov 2011), whose quality differs by what is taken off: gamma for each pair of nodes.
 */
export function network(
  graph: Graph,
  inside: Float64Array = new Float64Array(graph.nodes),
  sizes?: Float64Array,
): Network {
  if (sizes) return { ...graph, inside, strength: sizes, total: 1, cpm: true };
  const strength = new Float64Array(graph.nodes);
  let total = 0;
  for (let node = 0; node < graph.nodes; node++) {
    strength[node] = 2 * inside[node]!;
    for (let edge = graph.offsets[node]!; edge < graph.offsets[node + 1]!; edge++) {
      strength[node]! += graph.weights[edge]!;
    }
    total += strength[node]!;
  }
  return { ...graph, inside, strength, total, cpm: false };
}

/**
 * Modularity with resolution (Reichardt and Bornholdt 2006): the share of weight inside communities, less `gamma`
 * times what chance would put there: sum over pairs of (w_ij - gamma s_i s_j / 2m) / 2m. A graph without edges has 0.
 * Of a network for CPM it is twice the weight inside, less gamma times the squared sizes.
 */
export function modularity(graph: Network, membership: Int32Array, gamma: number): number {
  if (graph.total === 0) return 0;
  const strengths = new Float64Array(graph.nodes);
  let within = 0;
  for (let node = 0; node < graph.nodes; node++) {
    const own = membership[node]!;
    strengths[own]! += graph.strength[node]!;
    within += 2 * graph.inside[node]!;
    for (let edge = graph.offsets[node]!; edge < graph.offsets[node + 1]!; edge++) {
      if (membership[graph.targets[edge]!] === own) within += graph.weights[edge]!;
    }
  }
  const chance = strengths.reduce((sum, value) => sum + (value / graph.total) ** 2, 0);
  return within / graph.total - gamma * chance;
}

/** Communities numbered 0, 1, ... by descending size, then by their first member. */
export function bySize(membership: Int32Array): Int32Array {
  const rank = new Map(namesBySize(membership).map((community, index) => [community, index]));
  return membership.map((community) => rank.get(community)!);
}

/** The different names, by how many items have each, descending, then by their first item. */
export function namesBySize<Name>(names: Iterable<Name>): Name[] {
  const sizes = new Map<Name, number>();
  for (const name of names) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  // A map keeps the order of first items, and sorting keeps that of equals.
  return [...sizes].sort(([, a], [, b]) => b - a).map(([name]) => name);
}

/** How many communities there are when they are numbered from 0. */
export function communityCount(membership: Int32Array): number {
  let count = 0;
  for (let item = 0; item < membership.length; item++)
    if (membership[item]! >= count) count = membership[item]! + 1;
  return count;
}

/** Communities split into their connected parts, which never lowers modularity; numbered as they are found. */
export function connectedParts(graph: Graph, membership: Int32Array): Int32Array {
  const parts = new Int32Array(graph.nodes).fill(-1);
  const stack: number[] = [];
  let part = 0;
  for (let start = 0; start < graph.nodes; start++) {
    if (parts[start] !== -1) continue;
    parts[start] = part;
    stack.push(start);
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      for (let edge = graph.offsets[node]!; edge < graph.offsets[node + 1]!; edge++) {
        const other = graph.targets[edge]!;
        if (parts[other] !== -1 || membership[other] !== membership[start]) continue;
        parts[other] = part;
        stack.push(other);
      }
    }
    part++;
  }
  return parts;
}
