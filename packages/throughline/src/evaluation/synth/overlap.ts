import { stemmer } from 'stemmer';
import stopwords from 'stopwords-iso' with { type: 'json' };
import { asQuery, wordsOf } from './telling.ts';

const STOPWORDS = new Set((stopwords as Record<string, string[]>).en);

export interface Overlap {
  /** Share of the query's different words that stand in the text, 0 to 1: stemmed, without stop words. */
  words: number;
  /** The query stands in the text as it is; case and white space do not count. */
  contained: boolean;
}

/** How much of the answer the query gives away: keyword search finds by such words. */
export function overlapOf(query: string, text: string): Overlap {
  const asked = new Set(termsOf(query));
  const there = new Set(termsOf(text));
  const telling = [...asked].filter((word) => !STOPWORDS.has(word));
  const stems = new Set((telling.length > 0 ? telling : [...asked]).map(stemmer));
  const stemsThere = new Set([...there].map(stemmer));
  const shared = [...stems].filter((stem) => stemsThere.has(stem)).length;
  return {
    words: stems.size === 0 ? 0 : shared / stems.size,
    contained: asQuery(text).toLowerCase().includes(asQuery(query).toLowerCase()),
  };
}

function termsOf(text: string): string[] {
  return wordsOf(text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase());
}
