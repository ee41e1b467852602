import { nearestRows } from './nearest-rows.ts';
import { rowCount, unitVectors } from './unit-vectors.ts';

/** The neighbour lists of n vectors: n*k entries, self left out, by descending cosine, ties by index. */
export interface Neighbours {
  k: number;
  indices: Int32Array;
  similarities: Float32Array;
}

export interface NeighbourOptions {
  /** Neighbours of each vector; 25 by default, never more than n - 1. */
  k?: number;
  /** Threads; 0 (the default) is one for each core. The result does not depend on it. */
  threads?: number;
}

export const DEFAULT_NEIGHBOURS = 25;

/**
 * Exact cosine neighbours of every vector among the others (row-major, n * dimension). Vectors of another length
 * than 1 are normalised first. Throws ThemesError for a wrong size, NaN or infinity.
 */
export async function nearestNeighbours(
  vectors: Float32Array,
  dimension: number,
  { k = DEFAULT_NEIGHBOURS, threads = 0 }: NeighbourOptions = {},
): Promise<Neighbours> {
  const n = rowCount(vectors, dimension);
  const kept = Math.max(0, Math.min(k, n - 1));
  if (kept === 0) return { k: 0, indices: new Int32Array(0), similarities: new Float32Array(0) };
  const unit = unitVectors(vectors, dimension);
  return withoutSelf(n, kept, await nearestRows(unit, unit, dimension, kept + 1, threads));
}

/** Drops each vector from its own list; where copies of it stood before it, the last entry. */
function withoutSelf(n: number, k: number, found: Neighbours): Neighbours {
  const indices = new Int32Array(n * k);
  const similarities = new Float32Array(n * k);
  for (let row = 0; row < n; row++) {
    let to = row * k;
    const end = to + k;
    for (let from = row * (k + 1); to < end; from++) {
      if (found.indices[from] === row) continue;
      indices[to] = found.indices[from]!;
      similarities[to++] = found.similarities[from]!;
    }
  }
  return { k, indices, similarities };
}
