/** A store in memory, by comparing with everything: what the interface means, in the fewest words. For tests. */
import { evaluate } from '../../filter/evaluate.ts';
import type { Filter } from '../../filter/index.ts';
import { type Clause, type KeywordQuery, wordsOf } from '../keyword-query.ts';
import { dot } from '../mmr.ts';
import {
  byScore,
  type Candidate,
  type CandidateOptions,
  type IndexStore,
  type StoredPassage,
} from '../store.ts';

export interface MemoryPassage extends StoredPassage {
  chunk: string;
  vector: Float32Array;
}

/** A passage's keyword score is the number of clauses, or of plain words, that it has. */
export function memoryStore(passages: readonly MemoryPassage[]): IndexStore {
  const find = (score: (one: MemoryPassage) => number | undefined, { limit, filter }: CandidateOptions) =>
    passages
      .filter((one) => meets(one, filter))
      .flatMap((one): Candidate[] => {
        const value = score(one);
        return value === undefined ? [] : [{ passage: one.passage, record: one.record, score: value }];
      })
      .sort(byScore)
      .slice(0, limit);
  const byId = <T>(ids: readonly string[], of: (one: MemoryPassage) => T) =>
    new Map(passages.filter(({ passage }) => ids.includes(passage)).map((one) => [one.passage, of(one)]));
  return {
    passages: passages.length,
    keyword: async (query, options) => find(({ text }) => keywordScore(query, text), options),
    nearest: async (vector, options) => find((one) => dot(one.vector, vector), options),
    count: async (filter, limit) => find(() => 0, { filter, limit }).length,
    matching: async (filter, limit) => find(() => 0, { filter, limit }),
    fetch: async (ids) => byId(ids, (one): StoredPassage => one),
    vectors: async (ids) => byId(ids, ({ vector }) => vector),
    [Symbol.asyncDispose]: async () => {},
  };
}

function meets({ record, chunk, at, attributes }: MemoryPassage, filter: Filter | undefined): boolean {
  return filter === undefined || evaluate(filter, { ...attributes, _id: record, _chunk: chunk, _at: at });
}

function keywordScore(query: KeywordQuery, text: string): number | undefined {
  const words = wordsOf(text);
  const clauses: Clause[] =
    'plain' in query
      ? wordsOf(query.plain).map((word) => ({ occurs: 'should', anyOf: [[word]] }))
      : query.clauses;
  const found = clauses.filter(({ anyOf }) => anyOf.some((row) => hasRow(words, row)));
  const isMet = clauses.every(
    (one) => one.occurs === 'should' || (one.occurs === 'must') === found.includes(one),
  );
  return isMet && found.length > 0 ? found.length : undefined;
}

function hasRow(words: readonly string[], row: readonly string[]): boolean {
  return words.some((_, i) => row.every((word, j) => words[i + j] === word));
}
