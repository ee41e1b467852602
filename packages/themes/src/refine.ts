import type { Network } from './partition.ts';
import { shuffled, upTo } from './random.ts';

/** How freely a refinement chooses among merges that raise the quality; the paper's theta, as in its experiments. */
const RANDOMNESS = 0.01;

/**
 * Refinement (Traag, Waltman and van Eck 2019, algorithm A.2, RefinePartition): starts from single nodes and merges
 * them inside each community only, a node that is well connected to its community into a part that is, with a
 * probability that grows with the gain. Every part is connected. Returns parts numbered from 0.
 */
export function refine(
  graph: Network,
  membership: Int32Array,
  gamma: number,
  next: () => number,
): Int32Array {
  const { nodes, offsets, targets, weights, strength } = graph;
  const scale = graph.total === 0 ? 0 : gamma / graph.total;
  const parts = upTo(nodes);
  const partStrength = strength.slice();
  const partSize = new Int32Array(nodes).fill(1);
  /** Weight between a part and the rest of its community. */
  const outward = new Float64Array(nodes);
  const communityStrength = new Float64Array(nodes);
  for (let node = 0; node < nodes; node++) {
    const own = membership[node]!;
    communityStrength[own]! += strength[node]!;
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
      if (membership[targets[edge]!] === own) outward[node]! += weights[edge]!;
    }
  }
  const wellConnected = (part: number, community: number) => {
    const size = partStrength[part]!;
    return outward[part]! >= scale * size * (communityStrength[community]! - size);
  };
  const toPart = new Float64Array(nodes);
  const touched = new Int32Array(nodes);
  const odds = new Float64Array(nodes);
  for (const node of shuffled(nodes, next)) {
    const own = membership[node]!;
    if (partSize[parts[node]!] !== 1 || !wellConnected(parts[node]!, own)) continue;
    let count = 0;
    for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
      const other = targets[edge]!;
      if (membership[other] !== own) continue;
      const part = parts[other]!;
      if (toPart[part] === 0) touched[count++] = part;
      toPart[part]! += weights[edge]!;
    }
    const chosen = choose(node, own, count);
    if (chosen !== -1) merge(node, chosen);
    for (let i = 0; i < count; i++) toPart[touched[i]!] = 0;
  }
  return compact(parts);

  /** The part that the node joins, or -1: it stays alone, which gains 0 and has odds of its own. */
  function choose(node: number, community: number, count: number): number {
    let most = 0;
    for (let i = 0; i < count; i++) {
      const part = touched[i]!;
      const gain = toPart[part]! - scale * strength[node]! * partStrength[part]!;
      odds[i] = gain > 0 && wellConnected(part, community) ? gain : Number.NEGATIVE_INFINITY;
      most = Math.max(most, odds[i]!);
    }
    let sum = Math.exp(-most / RANDOMNESS);
    for (let i = 0; i < count; i++) {
      odds[i] = Math.exp((odds[i]! - most) / RANDOMNESS);
      sum += odds[i]!;
    }
    let draw = next() * sum;
    for (let i = 0; i < count; i++) {
      draw -= odds[i]!;
      if (draw < 0) return touched[i]!;
    }
    return -1;
  }

  function merge(node: number, part: number): void {
    const alone = parts[node]!;
    outward[part]! += outward[alone]! - 2 * toPart[part]!;
    partStrength[part]! += partStrength[alone]!;
    partSize[part]! += 1;
    partSize[alone] = 0;
    parts[node] = part;
  }
}

/** The same parts numbered 0, 1, ... in order of their first node. */
function compact(parts: Int32Array): Int32Array {
  const names = new Int32Array(parts.length).fill(-1);
  const compacted = new Int32Array(parts.length);
  let count = 0;
  for (let node = 0; node < parts.length; node++) {
    const part = parts[node]!;
    if (names[part] === -1) names[part] = count++;
    compacted[node] = names[part]!;
  }
  return compacted;
}
