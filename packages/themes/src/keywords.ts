import { type Candidate, distinct } from './distinct.ts';
import { withoutPlural } from './stem.ts';
import { stopWords, type Words, wordsOf } from './words.ts';

export interface Keyword {
  /** One word, or several with blanks between, in lower case, in its most frequent form. */
  term: string;
  /** Class-based TF-IDF; comparable within one call. */
  weight: number;
}

export interface KeywordOptions {
  /** ISO 639-1; decides the stop words. `en` by default. */
  language?: string;
  /** Keywords of each theme; 10 by default. */
  top?: number;
  /** Words of the longest term; 2 by default. */
  ngrams?: number;
}

/** A term of one text alone is a name or a slip, except in a theme this small. */
const FEW_TEXTS = 4;
/** So many of the best terms are looked at, for each keyword that is wanted. */
const CANDIDATES_PER_KEYWORD = 10;

/**
 * The words that set each theme apart: class-based TF-IDF (Grootendorst 2022, "BERTopic"), with the square root against
 * words that are frequent everywhere: sqrt(share of the term among the theme's terms) * log(1 + A / f), with A the mean
 * number of terms of a theme and f the term's count in all. Singular and plural count together. A theme without words
 * has no keywords. Texts are read once, in order; the memory is that of the counts of distinct terms.
 */
export function keywords(
  documents: Iterable<{ text: string; theme: number }>,
  themes: number,
  { language = 'en', top = 10, ngrams = 2 }: KeywordOptions = {},
): Keyword[][] {
  const counts = countTerms(documents, themes, stopWords(language), ngrams);
  const total = new Map<string, number>();
  for (const { terms } of counts.themes) {
    for (const [term, { count }] of terms) total.set(term, (total.get(term) ?? 0) + count);
  }
  const mean = counts.themes.reduce((sum, theme) => sum + theme.size, 0) / Math.max(1, themes);
  return counts.themes.map(({ terms, size, texts }) => {
    const found: Candidate[] = [];
    for (const [term, { count, texts: holders }] of terms) {
      if (holders < 2 && texts >= FEW_TEXTS) continue;
      found.push({ term, count, weight: Math.sqrt(count / size) * Math.log(1 + mean / total.get(term)!) });
    }
    found.sort((a, b) => b.weight - a.weight || (a.term < b.term ? -1 : 1));
    const candidates = found.slice(0, top * CANDIDATES_PER_KEYWORD);
    return distinct(candidates, top).map(({ term, weight }) => ({ term: counts.form(term), weight }));
  });
}

interface ThemeCounts {
  terms: Map<string, { count: number; texts: number; last: number }>;
  /** All terms, repeated ones too. */
  size: number;
  texts: number;
}

function countTerms(
  documents: Iterable<{ text: string; theme: number }>,
  themes: number,
  isStopWord: (word: string) => boolean,
  ngrams: number,
): { themes: ThemeCounts[]; form: (term: string) => string } {
  const counts = Array.from({ length: themes }, (): ThemeCounts => ({ terms: new Map(), size: 0, texts: 0 }));
  const forms = new Map<string, Map<string, number>>();
  let document = 0;
  for (const { text, theme } of documents) {
    const own = counts[theme];
    if (!own) throw new RangeError(`theme ${theme} is not among the ${themes} themes`);
    own.texts++;
    document++;
    for (const term of termsOf(wordsOf(text, isStopWord), ngrams, forms)) {
      const known = own.terms.get(term);
      if (!known) own.terms.set(term, { count: 1, texts: 1, last: document });
      else {
        known.count++;
        if (known.last !== document) known.texts++;
        known.last = document;
      }
      own.size++;
    }
  }
  const form = (term: string) =>
    term
      .split(' ')
      .map((word) => mostFrequent(forms.get(word)!))
      .join(' ');
  return { themes: counts, form };
}

/** Runs of 1 to `ngrams` words without a gap, each word without its plural; notes which forms a word came in. */
export function* termsOf(
  words: Words,
  ngrams: number,
  forms: Map<string, Map<string, number>>,
): Generator<string> {
  const roots = words.map((word) => (word === null ? null : rootOf(word, forms)));
  for (let start = 0; start < roots.length; start++) {
    let term = '';
    for (let length = 1; length <= ngrams; length++) {
      const root = roots[start + length - 1];
      if (root === null || root === undefined) break;
      term = term === '' ? root : `${term} ${root}`;
      yield term;
    }
  }
}

function rootOf(word: string, forms: Map<string, Map<string, number>>): string {
  const root = withoutPlural(word);
  const seen = forms.get(root) ?? new Map<string, number>();
  seen.set(word, (seen.get(word) ?? 0) + 1);
  forms.set(root, seen);
  return root;
}

function mostFrequent(forms: Map<string, number>): string {
  return [...forms].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]![0];
}
