/**
 * Texts as lists of stems, as Zvec's analyser makes them: words by Unicode's rules (UAX 29), in lower case, Latin letters without
 * accents, English stems (Snowball, which Postgres has as well). So both stores give a passage one score.
 */
import type { Query } from './database.ts';

/** Of more words than these a passage has only the length: a tsvector has a limit of one megabyte, and of 16,383 places. */
const MOST_WORDS = 8_192;

/** Stems in their order as a tsvector's text: each with its places, which begin with 1. */
export function vectorText(stems: readonly string[]): string {
  const places = new Map<string, number[]>();
  for (const [i, stem] of stems.slice(0, MOST_WORDS).entries()) {
    const of = places.get(stem) ?? [];
    if (of.length === 0) places.set(stem, of);
    of.push(i + 1);
  }
  return Array.from(places, ([stem, of]) => `${lexeme(stem)}:${of.join(',')}`).join(' ');
}

/** A stem as a tsvector or tsquery has it: only the quote and the backslash mean anything in quotes. */
export function lexeme(stem: string): string {
  return `'${stem.replace(/[\\']/g, '$&$&')}'`;
}

/** Stems of words, in their order. */
export type Stems = (words: readonly string[]) => Promise<string[]>;

const KEPT = 200_000;

/** Asks Postgres for the words that it has not asked for yet. `dictionary`: its quoted name. Memory: the stems of 200,000 words. */
export function stemmer(query: Query, dictionary: string): Stems {
  const known = new Map<string, string>();
  return async (words) => {
    const unknown = [...new Set(words)].filter((word) => !known.has(word));
    if (unknown.length === 0) return words.map((word) => known.get(word)!);
    const sql = `SELECT word, (ts_lexize($1::regdictionary, word))[1] AS stem FROM unnest($2::text[]) AS w(word)`;
    const before = words.map((word) => known.get(word));
    const rows = await query<{ word: string; stem: string | null }>(sql, [dictionary, unknown]);
    const stems = new Map(rows.map(({ word, stem }) => [word, stem ?? word]));
    const all = words.map((word, i) => before[i] ?? stems.get(word)!);
    if (known.size > KEPT) known.clear();
    for (const [word, stem] of stems) known.set(word, stem);
    return all;
  };
}
