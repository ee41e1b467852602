/** Chunks that are due, in groups for tasks that run beside each other. Pure. */
import { pythonLiteral } from './python-literal.ts';

export interface GroupedChunk {
  id: string;
  rows: number;
}

export interface ChunkGroup {
  chunks: string[];
  rows: number;
}

/** With its place among the shares of all rows. */
interface Placed extends ChunkGroup {
  place: number;
}

/** A scheduler has one task for each. Airflow's default limit (core.max_map_length). */
const MOST_GROUPS = 1_024;

/** Of ids as Python writes them as JSON, in ASCII, into a variable of a task's environment: Linux takes 128 KiB in one. */
const MOST_BYTES = 100_000;

/**
 * At most `most` groups of neighbours, in order, with about as many rows each; more only where the ids of one would be longer than
 * 100 kB. Each task reads the source and opens the model once, so that a group of fewer than `leastRows` rows is not worth one.
 */
export function groupChunks(
  chunks: readonly GroupedChunk[],
  { most, leastRows }: { most: number; leastRows: number },
): ChunkGroup[] {
  const total = chunks.reduce((sum, { rows }) => sum + rows, 0);
  const wanted = Math.max(1, Math.min(most, MOST_GROUPS, chunks.length, Math.ceil(total / leastRows)));
  const groups: Placed[] = [];
  let [seen, bytes] = [0, 0];
  for (const { id, rows } of chunks) {
    // By the middle of the chunk: one that is larger than a share does not pull its neighbour after it.
    const middle = seen + rows / 2;
    const length = pythonLiteral(id).length + ', '.length;
    const place = total === 0 ? 0 : Math.min(wanted - 1, Math.floor((middle / total) * wanted));
    seen += rows;
    const last = groups.at(-1);
    if (last && last.place === place && bytes + length < MOST_BYTES) {
      bytes += length;
      last.chunks.push(id);
      last.rows += rows;
    } else {
      groups.push({ chunks: [id], rows, place });
      bytes = length;
    }
  }
  return groups.map(({ chunks: ids, rows }) => ({ chunks: ids, rows }));
}
