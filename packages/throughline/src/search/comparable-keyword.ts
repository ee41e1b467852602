/**
 * BM25 weighs a word by how rare it is among the passages of its own collection: scores of two collections are no order. A tail's
 * are weighed anew, as if its passages stood in the base.
 */
import { stem } from './highlight.ts';
import { keywordAmong } from './keep-clauses.ts';
import { type KeywordQuery, wordsOf } from './keyword-query.ts';
import { byScore, type Candidate, type CandidateOptions, type IndexStore, MAX_CANDIDATES } from './store.ts';

/** Passages that have a word in any of its forms. */
export type Frequency = (word: string) => Promise<number>;

/** A question with more words is asked as it is: each costs a query. */
export const MOST_WORDS = 64;

export interface Counted {
  passages: number;
  frequency: Frequency;
}

/**
 * The tail's candidates with the base's weights. The length of an average passage, the other figure of a collection in BM25, is taken
 * to be the same. A question of more than 64 words keeps the tail's own.
 */
export async function comparableKeyword(
  tail: IndexStore,
  query: KeywordQuery,
  options: CandidateOptions,
  { base, own }: { base: Counted; own: Counted },
): Promise<Candidate[]> {
  const found = await tail.keyword(query, options);
  const words = wantedWords(query);
  if (found.length === 0 || words.length > MOST_WORDS) return found;
  const records = [...new Set(found.map(({ record }) => record))];
  const scores = new Map(found.map(({ passage, score }) => [passage, score]));
  for (const { word, times } of words) {
    const having = await own.frequency(word);
    const before = rarity(own.passages, having);
    const change = rarity(base.passages, await base.frequency(word)) / before - 1;
    if (Math.abs(change) < NO_CHANGE) continue;
    const ask = { plain: word };
    const parts =
      having <= FEW ? await tail.keyword(ask, { limit: FEW }) : await keywordAmong(tail, ask, records);
    for (const { passage, score } of parts)
      if (scores.has(passage)) scores.set(passage, scores.get(passage)! + times * score * change);
  }
  return found.map((one) => ({ ...one, score: scores.get(one.passage)! })).sort(byScore);
}

/** Of a word's weight. */
const NO_CHANGE = 0.01;
/** Passages of a word: all of them are found faster than those among some records. */
const FEW = 500;

/** What Zvec counts itself, and what its table of words says of words that are more frequent than it counts; kept by word. */
export function countedFrequency(store: IndexStore, ofWords: Frequency): Frequency {
  const known = new Map<string, Promise<number>>();
  const count = async (word: string) => {
    const { length } = await store.keyword({ plain: word }, { limit: MAX_CANDIDATES });
    return length < MAX_CANDIDATES ? length : Math.min(store.passages, Math.max(length, await ofWords(word)));
  };
  return (word) => {
    if (known.size >= KEPT_WORDS) known.clear();
    const counted = known.get(word) ?? count(word);
    known.set(word, counted);
    counted.catch(() => known.delete(word));
    return counted;
  };
}

const KEPT_WORDS = 10_000;

/** The weight of a word that `having` of `all` passages have: as Lucene and Zvec compute it. */
export function rarity(all: number, having: number): number {
  return Math.log(1 + (all - having + 0.5) / (having + 0.5));
}

/** One of each stem, and how often the question has it: so often it counts. */
function wantedWords(query: KeywordQuery): { word: string; times: number }[] {
  const words =
    'plain' in query
      ? wordsOf(query.plain)
      : query.clauses.filter(({ occurs }) => occurs !== 'not').flatMap(({ anyOf }) => anyOf.flat());
  const byStem = new Map<string, { word: string; times: number }>();
  for (const word of words) {
    const times = (byStem.get(stem(word))?.times ?? 0) + 1;
    byStem.set(stem(word), { word, times });
  }
  return [...byStem.values()];
}
