/** The words of a question among fresh rows: BM25 with the weights that words have in the index, so that scores are one order. */
import type { Clause, KeywordQuery } from '../keyword-query.ts';
import { tokens } from '../tokens.ts';
import type { FreshRows, Row } from './fresh-rows.ts';
import { stemOf } from './stems.ts';

/** Words that stand in a row, by the numbers of their stems. */
type Way = number[];

/** A question as fresh rows know its words. */
export interface FreshQuery {
  /** Words that count wherever they are, and how often they were asked for. */
  words: Map<number, number>;
  /** Ways of several words, which count only where they stand in a row. */
  phrases: Way[];
  /** A passage has one way at least of each. */
  must: Way[][];
  mustNot: Way[];
  /** A word of each stem that counts. */
  asked: Map<number, string>;
}

/** Undefined where no row can match. */
export function freshQuery({ numbers }: FreshRows, query: KeywordQuery): FreshQuery | undefined {
  const clauses: Clause[] =
    'plain' in query
      ? [{ occurs: 'should', anyOf: tokens(query.plain).map((word) => [word]) }]
      : query.clauses;
  const asked = new Map<number, string>();
  const numberOf = (word: string) => {
    const number = numbers.get(stemOf(word)) ?? -1;
    asked.set(number, word);
    return number;
  };
  const made: FreshQuery = { words: new Map(), phrases: [], must: [], mustNot: [], asked };
  for (const { occurs, anyOf } of clauses) {
    const ways = anyOf.map((row) => row.flatMap(tokens)).filter(({ length }) => length > 0);
    const there = ways.map((way) => way.map(numberOf)).filter((way) => !way.includes(-1));
    if (occurs === 'must' && there.length === 0) return undefined;
    if (occurs === 'must') made.must.push(there);
    if (occurs === 'not') made.mustNot.push(...there);
    else count(made, there);
  }
  return made.words.size === 0 && made.phrases.length === 0 ? undefined : made;
}

function count({ words, phrases }: FreshQuery, ways: readonly Way[]): void {
  for (const way of ways)
    if (way.length > 1) phrases.push(way);
    else words.set(way[0]!, (words.get(way[0]!) ?? 0) + 1);
}

/** Whether a row has all that it must have, and nothing that it must not. */
export function meetsQuery({ must, mustNot }: FreshQuery, { stems }: Row): boolean {
  return (
    must.every((ways) => ways.some((way) => hasWay(stems, way))) && !mustNot.some((way) => hasWay(stems, way))
  );
}

function hasWay(stems: Uint32Array, way: Way): boolean {
  for (let i = stems.indexOf(way[0]!); i >= 0; i = stems.indexOf(way[0]!, i + 1))
    if (way.every((stem, j) => stems[i + j] === stem)) return true;
  return false;
}

/** What a word weighs by its rarity, by the number of its stem. */
export type Weights = ReadonlyMap<number, number>;

/** Of BM25, as Lucene and Zvec have them. */
const [K1, B] = [1.2, 0.75];

/** Scores of all rows, visible or not, by their number: 0 where a row has none of the words. `average`: words of a passage. */
export function keywordScores(
  { rows, lengths, postings }: FreshRows,
  { words, phrases }: FreshQuery,
  weights: Weights,
  average: number,
): Float64Array {
  const scores = new Float64Array(rows.length);
  const add = (stem: number, factor: number, way?: Way) => {
    const of = postings[stem] ?? [];
    const weight = factor * (weights.get(stem) ?? 0) * (K1 + 1);
    for (let i = 0; i < of.length; i += 2) {
      const [row, times] = [of[i]!, of[i + 1]!];
      if (way !== undefined && !hasWay(rows[row]!.stems, way)) continue;
      scores[row]! += (weight * times) / (times + K1 * (1 - B + (B * lengths[row]!) / average));
    }
  };
  for (const [stem, times] of words) add(stem, times);
  for (const way of phrases) for (const stem of way) add(stem, 1, way);
  return scores;
}
