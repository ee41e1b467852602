import { InferenceSession, Tensor } from 'onnxruntime-node';
import { productGraph, topKGraph } from './onnx-graph.ts';

/** For each query its `k` nearest rows: `k` entries a query, by descending similarity, ties by index. */
export interface NearestRows {
  k: number;
  indices: Int32Array;
  similarities: Float32Array;
}

const BLOCK_ROWS = 512;
/** The scores of a block against all rows: 64 MB. */
const BLOCK_SCORES = 16 * 1024 * 1024;
/** One row alone would be multiplied by another kernel, whose sums differ in the last bit. */
const MIN_ROWS = 16;

/** Exact search among the rows of one matrix, for as many queries as come. */
export interface NearestRowsSearch {
  /** No query may be empty. A query's answer does not depend on the other queries, nor on the call. */
  find(queries: Float32Array): Promise<NearestRows>;
  close(): Promise<void>;
}

/**
 * Exact search by dot product, a block of queries at a time; memory is that of the result and one block. A query's
 * answer does not depend on the other queries. `k` must not exceed the rows of `base`; no query may be empty.
 */
export async function nearestRows(
  queries: Float32Array,
  base: Float32Array,
  dimension: number,
  k: number,
  threads = 0,
): Promise<NearestRows> {
  if (queries.length === 0 || k === 0)
    return { k, indices: new Int32Array(0), similarities: new Float32Array(0) };
  const search = await openNearestRows(base, dimension, k, threads);
  try {
    return await search.find(queries);
  } finally {
    await search.close();
  }
}

/** `k` must not exceed the rows of `base`, which must not change until the search is closed. */
export async function openNearestRows(
  base: Float32Array,
  dimension: number,
  k: number,
  threads = 0,
): Promise<NearestRowsSearch> {
  const session = await openGraph(topKGraph(), threads);
  const rows = base.length / dimension;
  const fixed = {
    base: tensorOf(base, dimension),
    k: new Tensor('int64', BigInt64Array.of(BigInt(k)), [1]),
  };
  return {
    async find(queries) {
      const count = queries.length / dimension;
      const indices = new Int32Array(count * k);
      const similarities = new Float32Array(count * k);
      for (const { start, size, tensor } of blocksOf(queries, rows, dimension)) {
        const result = await session.run({ queries: tensor, ...fixed });
        indices.set((result.indices!.data as Int32Array).subarray(0, size * k), start * k);
        similarities.set((result.similarities!.data as Float32Array).subarray(0, size * k), start * k);
      }
      return { k, indices, similarities };
    },
    close: () => session.release(),
  };
}

/** Products of queries with rows, all of them. */
export interface RowProducts {
  /**
   * Gives the products of one query after the other: `products` are those of query `i` from `from` on, one for each row of the base. Memory is
   * that of a block of queries. No base may be empty.
   */
  each(
    queries: Float32Array,
    base: Float32Array,
    take: (i: number, products: Float32Array, from: number) => void,
  ): Promise<void>;
  close(): Promise<void>;
}

export async function openProducts(dimension: number, threads = 0): Promise<RowProducts> {
  const session = await openGraph(productGraph(), threads);
  return {
    async each(queries, base, take) {
      const rows = base.length / dimension;
      const fixed = tensorOf(base, dimension);
      for (const { start, size, tensor } of blocksOf(queries, rows, dimension)) {
        const result = await session.run({ queries: tensor, base: fixed });
        const products = result.scores!.data as Float32Array;
        for (let i = 0; i < size; i++) take(start + i, products, i * rows);
      }
    },
    close: () => session.release(),
  };
}

interface Block {
  /** The first of its queries, and how many they are; the rest of the tensor is padding. */
  start: number;
  size: number;
  tensor: Tensor;
}

/** As many queries at a time as have products with so many rows in memory at once. */
function* blocksOf(queries: Float32Array, rows: number, dimension: number): Generator<Block> {
  const most = Math.floor(BLOCK_SCORES / rows / MIN_ROWS) * MIN_ROWS;
  const block = Math.max(MIN_ROWS, Math.min(BLOCK_ROWS, most));
  const count = queries.length / dimension;
  for (let start = 0; start < count; start += block) {
    const size = Math.min(block, count - start);
    yield { start, size, tensor: tensorOf(padRows(queries, start, size, dimension), dimension) };
  }
}

function tensorOf(rows: Float32Array, dimension: number): Tensor {
  return new Tensor('float32', rows, [rows.length / dimension, dimension]);
}

function openGraph(graph: Uint8Array, threads: number): Promise<InferenceSession> {
  return InferenceSession.create(graph, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableCpuMemArena: false,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
}

/** Rows `start` to `start + size`, filled up with zeros to a multiple of MIN_ROWS. */
function padRows(vectors: Float32Array, start: number, size: number, dimension: number): Float32Array {
  const rows = Math.ceil(size / MIN_ROWS) * MIN_ROWS;
  const block = vectors.subarray(start * dimension, (start + size) * dimension);
  if (rows === size) return block;
  const padded = new Float32Array(rows * dimension);
  padded.set(block);
  return padded;
}
