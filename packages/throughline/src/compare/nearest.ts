/**
 * The rows of one side that are nearest to a sample of them, by an exact scan of all its vectors of one dimension. They
 * stream past the sample: in memory are the sample's vectors, their neighbours, and one block.
 */
import { readFloatLists } from '@throughline/delta';
import { nearestRows } from '@throughline/themes';
import type { Session } from '../engine/local/session.ts';

/** A row by its place in `pairs`. */
export interface Near {
  pair: number;
  cosine: number;
  /** Orders equally near rows, on both sides alike. */
  place: bigint;
}

/**
 * The `count` nearest of each row of `queries`, itself left out, the nearest first, by its pair. Both are SQL in
 * brackets with the columns pair, place (UBIGINT) and vector: FLOAT[] of length 1, all of `dimension`, nothing null.
 */
export async function nearestTo(
  session: Session,
  queries: string,
  candidates: string,
  dimension: number,
  count: number,
): Promise<Map<number, Near[]>> {
  const nearest = new Map<number, Near[]>();
  for await (const sample of blocksOf(session, queries, dimension)) {
    for (const pair of sample.pairs) nearest.set(pair, []);
    for await (const block of blocksOf(session, candidates, dimension)) {
      // One more: a row finds itself.
      const found = await nearestRows(
        sample.vectors,
        block.vectors,
        dimension,
        Math.min(count + 1, block.pairs.length),
      );
      for (const [i, pair] of sample.pairs.entries()) {
        const more = Array.from(found.indices.subarray(i * found.k, (i + 1) * found.k), (row, j) => ({
          pair: block.pairs[row]!,
          cosine: found.similarities[i * found.k + j]!,
          place: block.places[row]!,
        }));
        nearest.set(pair, nearer([...nearest.get(pair)!, ...more.filter((one) => one.pair !== pair)], count));
      }
    }
  }
  return nearest;
}

function nearer(all: Near[], count: number): Near[] {
  const order = (x: Near, y: Near) => y.cosine - x.cosine || (x.place < y.place ? -1 : 1);
  return all.sort(order).slice(0, count);
}

interface Block {
  pairs: number[];
  places: bigint[];
  vectors: Float32Array;
}

const BLOCK_BYTES = 32 * 1024 * 1024;

async function* blocksOf(session: Session, rows: string, dimension: number): AsyncGenerator<Block> {
  const connection = await session.connect();
  const blockRows = Math.max(1, Math.floor(BLOCK_BYTES / 4 / dimension));
  let block: Block = { pairs: [], places: [], vectors: new Float32Array(0) };
  let parts: Float32Array[] = [];
  const finished = () => ({ ...block, vectors: joined(parts) });
  for await (const chunk of await connection.stream(`SELECT pair, place, vector FROM ${rows}`)) {
    block.pairs.push(...chunk.getColumnValues(0).map(Number));
    block.places.push(...(chunk.getColumnValues(1) as bigint[]));
    parts.push(floatsOf(readFloatLists(chunk, 2)));
    if (block.pairs.length < blockRows) continue;
    yield finished();
    block = { pairs: [], places: [], vectors: new Float32Array(0) };
    parts = [];
  }
  if (block.pairs.length > 0) yield finished();
}

function floatsOf(lists: ReturnType<typeof readFloatLists>): Float32Array {
  return lists instanceof Float32Array ? lists : joined(lists as Float32Array[]);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
