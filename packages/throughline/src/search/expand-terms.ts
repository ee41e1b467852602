/** From the terms of a question to what the keyword side is asked: prefixes and misspellings become words of the index. */
import { stem } from './highlight.ts';
import type { Clause, KeywordQuery, Term } from './keyword-query.ts';

/** The words that the passages of an index have, in lower case and without accents. What is asked about may have both. */
export interface WordList {
  /** The most frequent words that begin so, at most `limit`. */
  startingWith(prefix: string, limit: number): Promise<string[]>;
  /** Of the given words, those that passages have. */
  known(words: readonly string[]): Promise<Set<string>>;
  /** Passages that have a word with the same stem, counted again for each of its forms. */
  frequency(word: string): Promise<number>;
  /** Words within so many edits (a letter more, less, other, or two swapped), nearest and most frequent first. */
  near(word: string, edits: number, limit: number): Promise<string[]>;
}

/** A prefix stands for its most frequent words. */
const PREFIX_WORDS = 500;
const NEAR_WORDS = 5;

/** Fewer edits in short words: with two, nearly every word of four letters is like another. */
function editsFor(word: string): number {
  return word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
}

export interface Expanded {
  query: KeywordQuery;
  /** Words that a passage may have been found by. */
  marked: string[];
}

/** `typos` asks for words of the index in the place of words that it does not have. */
export async function expandTerms(
  terms: readonly Term[],
  list: WordList,
  { typos }: { typos: boolean },
): Promise<Expanded> {
  const single = terms.filter(({ words, isPrefix }) => words.length === 1 && !isPrefix);
  const known = typos ? await list.known(single.map(({ words }) => words[0]!)) : new Set<string>();
  const clauses: Clause[] = [];
  for (const { occurs, words, isPrefix } of terms) {
    const [first] = words;
    if (isPrefix) {
      const found = await list.startingWith(first!, PREFIX_WORDS);
      clauses.push({ occurs, anyOf: oneOfEachStem(found) });
    } else if (typos && words.length === 1 && occurs !== 'not' && !known.has(first!)) {
      const edits = editsFor(first!);
      const near = edits === 0 ? [] : await list.near(first!, edits, NEAR_WORDS);
      clauses.push({ occurs, anyOf: oneOfEachStem([first!, ...near]) });
    } else clauses.push({ occurs, anyOf: [words] });
  }
  const marked = clauses.flatMap(({ occurs, anyOf }) => (occurs === 'not' ? [] : anyOf.flat()));
  return { query: { clauses }, marked };
}

/** The index has stems: two forms of one word would count twice. */
function oneOfEachStem(words: readonly string[]): string[][] {
  const byStem = new Map<string, string>();
  for (const word of words) if (!byStem.has(stem(word))) byStem.set(stem(word), word);
  return Array.from(byStem.values(), (word) => [word]);
}
