import type { Neighbours } from './neighbours.ts';

/**
 * An undirected weighted graph in compressed rows: the edges of node i are `offsets[i]` to `offsets[i + 1]`, by
 * ascending target, no edge twice, each edge at both of its ends, none from a node to itself. Weights are positive.
 */
export interface Graph {
  nodes: number;
  offsets: Int32Array;
  targets: Int32Array;
  weights: Float64Array;
}

export interface GraphOptions {
  /** `cosine` (the default), or UMAP's fuzzy union, which is steadier on short texts. */
  weights?: 'cosine' | 'umap';
}

/** Cosines of 0 and below still are neighbours. */
const LEAST_WEIGHT = 1e-6;

/** Joins two vectors when either is among the nearest of the other. */
export function neighbourGraph(nodes: number, neighbours: Neighbours, options: GraphOptions = {}): Graph {
  const directed = options.weights === 'umap' ? memberships(nodes, neighbours) : cosines(neighbours);
  return union(nodes, neighbours, directed, options.weights === 'umap' ? fuzzyUnion : Math.max);
}

function cosines({ similarities }: Neighbours): Float64Array {
  return Float64Array.from(similarities, (similarity) => Math.max(similarity, LEAST_WEIGHT));
}

/** The probability that either of two independent edges exists; an absent edge has none. */
function fuzzyUnion(a: number, b: number): number {
  return Math.max(a + b - a * b, LEAST_WEIGHT);
}

/** UMAP (McInnes et al. 2018, section 3.1): exp(-max(0, d - rho) / sigma), whose sum over the list is log2 k. */
function memberships(nodes: number, { k, similarities }: Neighbours): Float64Array {
  const weights = new Float64Array(similarities.length);
  for (let node = 0; node < nodes; node++) {
    const start = node * k;
    const nearest = 1 - similarities[start]!;
    const excess = Array.from(similarities.subarray(start, start + k), (s) => Math.max(0, 1 - s - nearest));
    const sigma = bandwidth(excess, Math.log2(k));
    for (let i = 0; i < k; i++) weights[start + i] = Math.exp(-excess[i]! / sigma);
  }
  return weights;
}

const BANDWIDTH_STEPS = 64;

/** The sigma at which the weights sum to `target`, by bisection; a tiny one when there is none. */
function bandwidth(excess: number[], target: number): number {
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let sigma = 1;
  for (let step = 0; step < BANDWIDTH_STEPS; step++) {
    const sum = excess.reduce((total, distance) => total + Math.exp(-distance / sigma), 0);
    if (Math.abs(sum - target) < 1e-5) break;
    if (sum > target) high = sigma;
    else low = sigma;
    sigma = high === Number.POSITIVE_INFINITY ? sigma * 2 : (low + high) / 2;
  }
  return Math.max(sigma, 1e-3 * mean(excess), Number.MIN_VALUE);
}

function mean(values: number[]): number {
  return values.reduce((total, value) => total + value, 0) / Math.max(1, values.length);
}

/** Each directed edge and its reverse, merged where both exist. */
function union(
  nodes: number,
  { k, indices }: Neighbours,
  directed: Float64Array,
  merge: (a: number, b: number) => number,
): Graph {
  const { offsets, targets, weights } = transposed(bothDirections(nodes, k, indices, directed));
  const merged = new Int32Array(nodes + 1);
  let to = 0;
  for (let node = 0; node < nodes; node++) {
    const end = offsets[node + 1]!;
    for (let at = offsets[node]!; at < end; at++) {
      const twice = at + 1 < end && targets[at + 1] === targets[at];
      targets[to] = targets[at]!;
      weights[to++] = merge(weights[at]!, twice ? weights[++at]! : 0);
    }
    merged[node + 1] = to;
  }
  return { nodes, offsets: merged, targets: targets.slice(0, to), weights: weights.slice(0, to) };
}

/** The same edges, since each is there in both directions, and now in the order of their targets. */
function transposed({ nodes, offsets, targets, weights }: Graph): Graph {
  const next = offsets.slice(0, nodes);
  const sorted = { targets: new Int32Array(targets.length), weights: new Float64Array(targets.length) };
  for (let node = 0; node < nodes; node++) {
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
      const to = next[targets[edge]!]!++;
      sorted.targets[to] = node;
      sorted.weights[to] = weights[edge]!;
    }
  }
  return { nodes, offsets, ...sorted };
}

/** Compressed rows of the edges and of their reverses, unsorted; an edge that goes both ways stands twice. */
function bothDirections(nodes: number, k: number, indices: Int32Array, directed: Float64Array): Graph {
  const offsets = new Int32Array(nodes + 1);
  for (let edge = 0; edge < indices.length; edge++) {
    offsets[indices[edge]! + 1]!++;
    offsets[Math.floor(edge / k) + 1]!++;
  }
  for (let node = 0; node < nodes; node++) offsets[node + 1]! += offsets[node]!;
  const next = offsets.slice(0, nodes);
  const targets = new Int32Array(2 * indices.length);
  const weights = new Float64Array(2 * indices.length);
  for (let edge = 0; edge < indices.length; edge++) {
    const from = Math.floor(edge / k);
    const to = indices[edge]!;
    targets[next[from]!] = to;
    weights[next[from]!++] = directed[edge]!;
    targets[next[to]!] = from;
    weights[next[to]!++] = directed[edge]!;
  }
  return { nodes, offsets, targets, weights };
}
