/** What makes a text a query: it has to be long enough to mean something, and as short as questions are. */

export type Unfit = 'short' | 'long';

const FEWEST_WORDS = 3;
const MOST_WORDS = 60;

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** Single blanks, Unicode NFC: a query is a line. */
export function asQuery(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** Why the text is no query; undefined if it is one. */
export function unfit(query: string): Unfit | undefined {
  const count = wordsOf(query).length;
  if (count < FEWEST_WORDS) return 'short';
  return count > MOST_WORDS ? 'long' : undefined;
}

export function wordsOf(text: string): string[] {
  return [...segmenter.segment(text)].flatMap(({ segment, isWordLike }) => (isWordLike ? [segment] : []));
}
