import { type NearestRows, nearestRows } from './nearest-rows.ts';
import { random, shuffled } from './random.ts';
import { gatherRows } from './rows.ts';
import { sphericalKMeans } from './spherical-k-means.ts';

/** Rows of a cell, on average: small enough that the rows of some cells are few, large enough for fast products. */
const ROWS_OF_A_CELL = 250;
const LLOYD_STEPS = 4;
/** Rows that the centres of the cells are learnt from, for each of them. */
const LEARNT_ROWS = 60;
/** Cells that each row looks into; measured on 50,000 passages: recall .98 and more. */
const PROBED_CELLS = 16;

/**
 * The `k` nearest rows of every row, itself among them, in the cells nearest to it (an inverted file: Jegou, Douze and
 * Schmid 2011): similarities are exact, and some neighbours are missed. The same rows give the same lists. Rows must have length 1.
 * Memory: the lists, a copy of the rows, and those of one cell.
 */
export async function nearRowsByCells(
  rows: Float32Array,
  dimension: number,
  k: number,
  threads = 0,
): Promise<NearestRows> {
  const count = rows.length / dimension;
  const centres = await cellCentres(
    rows,
    dimension,
    Math.max(1, Math.round(count / ROWS_OF_A_CELL)),
    threads,
  );
  const cells = centres.length / dimension;
  const probes = await nearestRows(rows, centres, dimension, Math.min(PROBED_CELLS, cells), threads);
  const members = listsOf(cells, count, (row) => [probes.indices[row * probes.k]!]);
  const askers = listsOf(cells, count, (row) =>
    probes.indices.subarray(row * probes.k, (row + 1) * probes.k),
  );
  const lists = emptyLists(count, k);
  for (const [cell, inside] of members.entries()) {
    if (inside.length === 0) continue;
    const [asking, base] = [askers[cell]!, gatherRows(rows, dimension, inside)];
    const near = await nearestRows(
      gatherRows(rows, dimension, asking),
      base,
      dimension,
      Math.min(k, inside.length),
      threads,
    );
    for (const [i, row] of asking.entries()) insertAll(lists, row, near, i, inside);
  }
  const short = Array.from({ length: count }, (_, row) => row).filter(
    (row) => lists.indices[(row + 1) * k - 1] === -1,
  );
  if (short.length === 0) return lists;
  const exact = await nearestRows(gatherRows(rows, dimension, short), rows, dimension, k, threads);
  for (const [i, row] of short.entries()) {
    lists.indices.set(exact.indices.subarray(i * k, (i + 1) * k), row * k);
    lists.similarities.set(exact.similarities.subarray(i * k, (i + 1) * k), row * k);
  }
  return lists;
}

async function cellCentres(rows: Float32Array, dimension: number, cells: number, threads: number) {
  const count = rows.length / dimension;
  const order = shuffled(count, random(count)).subarray(0, cells * LEARNT_ROWS);
  const learnt = gatherRows(rows, dimension, order);
  return sphericalKMeans(learnt, dimension, learnt.slice(0, cells * dimension), {
    steps: LLOYD_STEPS,
    threads,
  });
}

function listsOf(cells: number, count: number, cellsOf: (row: number) => Iterable<number>): number[][] {
  const lists = Array.from({ length: cells }, (): number[] => []);
  for (let row = 0; row < count; row++) for (const cell of cellsOf(row)) lists[cell]!.push(row);
  return lists;
}

function emptyLists(count: number, k: number): NearestRows {
  const similarities = new Float32Array(count * k).fill(Number.NEGATIVE_INFINITY);
  return { k, indices: new Int32Array(count * k).fill(-1), similarities };
}

/** Puts what was found for one query into the list of `row`: by descending similarity, ties by index. */
function insertAll(
  lists: NearestRows,
  row: number,
  near: NearestRows,
  query: number,
  inside: number[],
): void {
  const start = row * lists.k;
  const last = start + lists.k - 1;
  for (let from = query * near.k; from < (query + 1) * near.k; from++) {
    const similarity = near.similarities[from]!;
    const index = inside[near.indices[from]!]!;
    if (similarity < lists.similarities[last]!) return;
    let at = last;
    if (!comesBefore(similarity, index, lists, last)) continue;
    for (; at > start && comesBefore(similarity, index, lists, at - 1); at--) {
      lists.similarities[at] = lists.similarities[at - 1]!;
      lists.indices[at] = lists.indices[at - 1]!;
    }
    lists.similarities[at] = similarity;
    lists.indices[at] = index;
  }
}

function comesBefore(similarity: number, index: number, lists: NearestRows, at: number): boolean {
  const other = lists.similarities[at]!;
  return similarity > other || (similarity === other && index < lists.indices[at]!);
}
