import { type Network, network } from './partition.ts';

/** The network whose nodes are the parts (numbered from 0): edges between two parts become one. */
export function aggregate(graph: Network, parts: Int32Array, count: number): Network {
  const members = membersOf(parts, count);
  const inside = new Float64Array(count);
  const weightTo = new Float64Array(count);
  const offsets = new Int32Array(count + 1);
  const targets = new Int32Array(graph.targets.length);
  const weights = new Float64Array(graph.targets.length);
  let edges = 0;
  for (let part = 0; part < count; part++) {
    const first = edges;
    for (let at = members.offsets[part]!; at < members.offsets[part + 1]!; at++) {
      const node = members.nodes[at]!;
      inside[part]! += graph.inside[node]!;
      for (let edge = graph.offsets[node]!; edge < graph.offsets[node + 1]!; edge++) {
        const other = parts[graph.targets[edge]!]!;
        if (other === part) {
          inside[part]! += graph.weights[edge]! / 2; // an edge inside is seen from both of its ends
          continue;
        }
        if (weightTo[other] === 0) targets[edges++] = other;
        weightTo[other]! += graph.weights[edge]!;
      }
    }
    targets.subarray(first, edges).sort();
    for (let edge = first; edge < edges; edge++) {
      weights[edge] = weightTo[targets[edge]!]!;
      weightTo[targets[edge]!] = 0;
    }
    offsets[part + 1] = edges;
  }
  const rows = { nodes: count, offsets, targets: targets.slice(0, edges), weights: weights.slice(0, edges) };
  if (!graph.cpm) return network(rows, inside);
  const sizes = new Float64Array(count);
  for (let node = 0; node < graph.nodes; node++) sizes[parts[node]!]! += graph.strength[node]!;
  return network(rows, inside, sizes);
}

/** The nodes of each part, part after part. */
function membersOf(parts: Int32Array, count: number): { offsets: Int32Array; nodes: Int32Array } {
  const offsets = new Int32Array(count + 1);
  for (const part of parts) offsets[part + 1]!++;
  for (let part = 0; part < count; part++) offsets[part + 1]! += offsets[part]!;
  const next = offsets.slice(0, count);
  const nodes = new Int32Array(parts.length);
  for (let node = 0; node < parts.length; node++) nodes[next[parts[node]!]!++] = node;
  return { offsets, nodes };
}
