import { nearRowsByCells } from './cells.ts';
import { type NearestRows, nearestRows } from './nearest-rows.ts';
import { random } from './random.ts';
import { gatherRows } from './rows.ts';
import { rowCount, unitVectors } from './unit-vectors.ts';

/** The neighbour lists of n vectors: n*k entries, self left out, by descending cosine, ties by index. */
export interface Neighbours {
  k: number;
  indices: Int32Array;
  similarities: Float32Array;
}

export interface FoundNeighbours extends Neighbours {
  /** Share of the true neighbours that were found: 1 of an exact search, else measured on 200 of the vectors. */
  recall: number;
}

export interface NeighbourOptions {
  /** Neighbours of each vector; 25 by default, never more than n - 1. */
  k?: number;
  /** Threads; 0 (the default) is one for each core. The result does not depend on it. */
  threads?: number;
  /** Up to so many vectors the search is exact; above, it looks into the nearest cells only. 20,000 unless told. */
  exactUpTo?: number;
}

export const DEFAULT_NEIGHBOURS = 25;

const EXACT_UP_TO = 20_000;
const MEASURED_ROWS = 200;

/**
 * Cosine neighbours of every vector among the others (row-major, n * dimension), exact up to 20,000 vectors. Vectors of another length
 * than 1 are normalised first. Throws ThemesError for a wrong size, NaN or infinity.
 */
export async function nearestNeighbours(
  vectors: Float32Array,
  dimension: number,
  { k = DEFAULT_NEIGHBOURS, threads = 0, exactUpTo = EXACT_UP_TO }: NeighbourOptions = {},
): Promise<FoundNeighbours> {
  const n = rowCount(vectors, dimension);
  const kept = Math.max(0, Math.min(k, n - 1));
  if (kept === 0) return { k: 0, indices: new Int32Array(0), similarities: new Float32Array(0), recall: 1 };
  const unit = unitVectors(vectors, dimension);
  if (n <= exactUpTo) {
    return {
      ...withoutSelf(n, kept, await nearestRows(unit, unit, dimension, kept + 1, threads)),
      recall: 1,
    };
  }
  const found = await nearRowsByCells(unit, dimension, kept + 1, threads);
  return { ...withoutSelf(n, kept, found), recall: await recallOf(unit, dimension, found, threads) };
}

/** Of random rows, the share of their true nearest rows (without themselves) that are in their lists. */
async function recallOf(
  unit: Float32Array,
  dimension: number,
  { k, similarities }: NearestRows,
  threads: number,
): Promise<number> {
  const n = unit.length / dimension;
  const next = random(1);
  const rows = Array.from({ length: MEASURED_ROWS }, () => Math.floor(next() * n));
  const exact = await nearestRows(gatherRows(unit, dimension, rows), unit, dimension, k, threads);
  let hits = 0;
  for (const [i, row] of rows.entries()) {
    const worst = exact.similarities[(i + 1) * k - 1]! - ROUNDING;
    const list = similarities.subarray(row * k, (row + 1) * k);
    hits += Math.max(0, list.filter((similarity) => similarity >= worst).length - 1);
  }
  return hits / (rows.length * (k - 1));
}

/** Products of blocks of another size differ in the last bits. */
const ROUNDING = 1e-6;

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
