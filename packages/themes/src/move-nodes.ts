import type { Network } from './partition.ts';
import { shuffled } from './random.ts';

/** A change of quality below this is rounding; moving for it could go on for ever. */
const LEAST_GAIN = 1e-12;

/**
 * Fast local moving (Traag, Waltman and van Eck 2019, algorithm A.2, MoveNodesFast): visits nodes from a queue and
 * moves each to the community that raises the quality most, until no single move raises it. Changes `membership`,
 * whose communities must be numbered below `nodes`. Returns whether anything moved.
 */
export function moveNodes(
  graph: Network,
  membership: Int32Array,
  gamma: number,
  next: () => number,
): boolean {
  const { nodes, offsets, targets, weights, strength } = graph;
  const scale = graph.total === 0 ? 0 : gamma / graph.total;
  const strengths = new Float64Array(nodes);
  const sizes = new Int32Array(nodes);
  for (let node = 0; node < nodes; node++) {
    strengths[membership[node]!]! += strength[node]!;
    sizes[membership[node]!]!++;
  }
  const empty: number[] = [];
  for (let community = nodes - 1; community >= 0; community--)
    if (sizes[community] === 0) empty.push(community);
  const toCommunity = new Float64Array(nodes);
  const touched = new Int32Array(nodes);
  const queue = shuffled(nodes, next);
  const queued = new Uint8Array(nodes).fill(1);
  let moved = false;
  for (let head = 0, waiting = nodes; waiting > 0; waiting--) {
    const node = queue[head]!;
    head = head + 1 === nodes ? 0 : head + 1;
    queued[node] = 0;
    const own = membership[node]!;
    const start = offsets[node]!;
    const end = offsets[node + 1]!;
    let count = 0;
    for (let edge = start; edge < end; edge++) {
      const community = membership[targets[edge]!]!;
      if (toCommunity[community] === 0) touched[count++] = community;
      toCommunity[community]! += weights[edge]!;
    }
    strengths[own]! -= strength[node]!;
    sizes[own]!--;
    const cost = scale * strength[node]!;
    let best = own;
    let bestGain = toCommunity[own]! - cost * strengths[own]! + LEAST_GAIN;
    for (let i = 0; i < count; i++) {
      const community = touched[i]!;
      const gain = toCommunity[community]! - cost * strengths[community]!;
      if (gain > bestGain) {
        best = community;
        bestGain = gain;
      }
      toCommunity[community] = 0;
    }
    if (bestGain < 0 && sizes[own]! > 0) best = empty.pop()!; // alone is better than in any community
    strengths[best]! += strength[node]!;
    sizes[best]!++;
    if (best === own) continue;
    if (sizes[own] === 0) empty.push(own);
    membership[node] = best;
    moved = true;
    for (let edge = start; edge < end; edge++) {
      const other = targets[edge]!;
      if (queued[other] || membership[other] === best) continue;
      queued[other] = 1;
      queue[(head + waiting - 1) % nodes] = other;
      waiting++;
    }
  }
  return moved;
}
