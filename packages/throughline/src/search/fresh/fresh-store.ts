/** Fresh rows as a store, as they were at one moment. Everything is compared: exact, and below 1 ms for 1,000 rows. */
import { setImmediate } from 'node:timers/promises';
import { evaluate } from '../../filter/evaluate.ts';
import type { Filter } from '../../filter/index.ts';
import { MOST_WORDS, rarity } from '../comparable-keyword.ts';
import type { Candidate, CandidateOptions, IndexStore } from '../store.ts';
import { bestOf } from './best.ts';
import { freshQuery, keywordScores, meetsQuery } from './fresh-keyword.ts';
import { type FreshRows, isVisible, type Row, rowAt, SLAB, vectorOf } from './fresh-rows.ts';

/** What words weigh in the index below: fresh passages are scored as if they stood there. A question of more than 64 words is weighed by fresh passages alone. */
export interface WordWeights {
  passages: number;
  frequency(word: string): Promise<number>;
  /** Words of an average passage. */
  averageLength(): Promise<number>;
}

/** `passages`: how many are visible at that moment. */
export function freshStore(
  fresh: FreshRows,
  { at, passages }: { at: number; passages: number },
  below: WordWeights,
): IndexStore {
  const { rows } = fresh;
  const isWanted = (row: Row, filter: Filter | undefined) =>
    isVisible(row, at) && (filter === undefined || evaluate(filter, row.values));
  const wanted = (filter: Filter | undefined, limit = Number.POSITIVE_INFINITY) => {
    const found: number[] = [];
    for (let i = 0; i < rows.length && found.length < limit; i++)
      if (isWanted(rows[i]!, filter)) found.push(i);
    return found;
  };
  const weightsOf = async (asked: ReadonlyMap<number, string>) =>
    new Map(
      await Promise.all(
        Array.from(asked).map(async ([stem, word]): Promise<[number, number]> => {
          const own = fresh.postings[stem];
          if (asked.size > MOST_WORDS) return [stem, rarity(rows.length, (own?.length ?? 0) / 2)];
          const having = own ? await below.frequency(word) : 0;
          return [stem, rarity(below.passages, Math.min(below.passages, having))];
        }),
      ),
    );
  const byPassage = <T>(ids: readonly string[], of: (row: number) => T) =>
    new Map(
      ids.flatMap((id): [string, T][] => {
        const row = rowAt(fresh, id, at);
        return row === undefined ? [] : [[id, of(row)]];
      }),
    );
  return {
    passages,
    async keyword(query, { limit, filter }: CandidateOptions): Promise<Candidate[]> {
      const made = freshQuery(fresh, query);
      if (made === undefined) return [];
      const weights = await weightsOf(made.asked);
      const scores = keywordScores(fresh, made, weights, await below.averageLength());
      const found: number[] = [];
      for (let i = 0; i < rows.length; i++)
        if (scores[i]! > 0 && isWanted(rows[i]!, filter) && meetsQuery(made, rows[i]!)) found.push(i);
      return bestOf(rows, found, scores, limit);
    },
    async nearest(vector, { limit, filter }) {
      const found = wanted(filter);
      return bestOf(rows, found, await products(fresh, found, vector), limit);
    },
    count: async (filter, limit) => wanted(filter, limit).length,
    matching: async (filter, limit) =>
      wanted(filter, limit).map((row) => ({ passage: rows[row]!.passage, record: rows[row]!.record })),
    fetch: async (ids) =>
      byPassage(ids, (row) => {
        const { passage, record, ordinal, text, at: time, attributes } = rows[row]!;
        return { passage, record, ordinal, text, at: time, attributes };
      }),
    vectors: async (ids) => byPassage(ids, (row) => vectorOf(fresh, row)),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Rows between which others get their turn, some milliseconds. */
const TURN = 8_192;

/** Inner products with a vector, by the numbers of the rows. In four sums: twice as fast as in one. */
async function products(
  { rows, slabs, dimension }: FreshRows,
  found: readonly number[],
  vector: Float32Array,
): Promise<Float64Array> {
  const scores = new Float64Array(rows.length);
  const even = dimension - (dimension % 4);
  for (const [n, row] of found.entries()) {
    if (n % TURN === TURN - 1) await setImmediate();
    const slab = slabs[Math.floor(row / SLAB)]!;
    const start = (row % SLAB) * dimension;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < even; i += 4) {
      a += slab[start + i]! * vector[i]!;
      b += slab[start + i + 1]! * vector[i + 1]!;
      c += slab[start + i + 2]! * vector[i + 2]!;
      d += slab[start + i + 3]! * vector[i + 3]!;
    }
    for (let i = even; i < dimension; i++) a += slab[start + i]! * vector[i]!;
    scores[row] = a + b + c + d;
  }
  return scores;
}
