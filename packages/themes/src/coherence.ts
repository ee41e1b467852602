/** How well keywords describe themes, without labels. */
import { termsOf } from './keywords.ts';
import { withoutPlural } from './stem.ts';
import { stopWords, type Words, wordsOf } from './words.ts';

export interface CoherenceOptions {
  /** ISO 639-1; decides the stop words, as in `keywords`. `en` by default. */
  language?: string;
  /** The words of a text, where keywords were found among others than those of `keywords`. */
  wordsOf?: (text: string) => Words;
}

/**
 * Normalised pointwise mutual information of each theme's keywords, from -1 (never together in a text) to 1 (always together): the
 * mean over their pairs (Bouma 2009; Lau, Newman and Baldwin 2014), counted by text. Null for a theme with fewer than two keywords. It
 * falls as themes get more: compare it at similar numbers of themes. Texts are read once; memory is that of the pairs.
 */
export function coherence(
  texts: Iterable<string>,
  themes: readonly (readonly string[])[],
  { language = 'en', ...options }: CoherenceOptions = {},
): (number | null)[] {
  const rooted = themes.map((terms) => [...new Set(terms.map(rootsOf))]);
  const wanted = new Set(rooted.flat());
  const ngrams = Math.max(1, ...Array.from(wanted, (term) => term.split(' ').length));
  const isStopWord = stopWords(language);
  const split = options.wordsOf ?? ((text) => wordsOf(text, isStopWord));
  const holders = new Map<string, number>();
  const pairs = new Map<string, number>();
  let count = 0;
  for (const text of texts) {
    count++;
    const own = new Set<string>();
    for (const term of termsOf(split(text), ngrams, new Map())) if (wanted.has(term)) own.add(term);
    for (const term of own) add(holders, term);
    // Once for each text, though several themes may have the pair.
    const together = new Set(rooted.flatMap((terms) => [...pairsOf(terms.filter((term) => own.has(term)))]));
    for (const pair of together) add(pairs, pair);
  }
  return rooted.map((terms) => {
    const values = [...pairsOf(terms)].map((pair) => {
      const [a, b] = pair.split(SEPARATOR) as [string, string];
      return npmi(holders.get(a) ?? 0, holders.get(b) ?? 0, pairs.get(pair) ?? 0, count);
    });
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}

/** Of all keywords, the share that is in one theme only counts fully: different ones over all (Dieng, Ruiz and Blei 2020). */
export function diversity(themes: readonly (readonly string[])[]): number {
  const all = themes.flat().map(rootsOf);
  return all.length === 0 ? 1 : new Set(all).size / all.length;
}

const SEPARATOR = '\n';

function rootsOf(term: string): string {
  return term.split(' ').map(withoutPlural).join(' ');
}

function* pairsOf(terms: readonly string[]): Generator<string> {
  for (const [i, a] of terms.entries())
    for (const b of terms.slice(i + 1)) yield [a, b].sort().join(SEPARATOR);
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function npmi(a: number, b: number, both: number, texts: number): number {
  if (both === 0) return -1;
  return both === texts ? 1 : Math.log((both * texts) / (a * b)) / -Math.log(both / texts);
}
