/**
 * The words of a question for the keyword side. Plain text is words, of which a passage should have many; the syntax
 * adds what a passage must have or must not: `"a phrase"`, `+word`, `-word`, `prefix*`.
 */

/** Words as they are written, or clauses where the text has syntax. */
export type KeywordQuery = { plain: string } | { clauses: Clause[] };

export interface Clause {
  /** A passage with more of the `should` clauses is better; without any `must` it has at least one of them. */
  occurs: 'should' | 'must' | 'not';
  /** Ways to say it, of which a passage has one at least: each is words that stand in a row. */
  anyOf: string[][];
}

/** What a text says, word by word. */
export interface Term {
  occurs: Clause['occurs'];
  /** At least one; more than one where they must stand in a row. */
  words: string[];
  /** The only word is the beginning of one. */
  isPrefix: boolean;
}

/** Of a text with more, quotes and dashes are punctuation. */
const MOST_WORDS = 64;

/** Like the words of the index: letters, digits and marks, joined by an apostrophe or a point inside of them. */
const WORD = /[\p{L}\p{N}\p{M}_]+(?:['’.][\p{L}\p{N}]+)*/gu;

/** A phrase, or whatever stands between blanks. */
const PIECE = /([+-]?)"([^"]*)"(?=\s|$)|(\S+)/gu;

/** A sign before a number belongs to the number. */
const SIGNED = /^([+-])(?=[\p{L}\p{M}_])(.*)$/su;

export function wordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}

/**
 * The terms of a text that uses the syntax, or undefined for one that does not: any text has a meaning, and what looks
 * nearly like syntax (a quote without its partner, a sign that stands alone) is words. A text that only says what not to
 * find is words too: nothing could be found by it.
 */
export function parseTerms(text: string): Term[] | undefined {
  if (isPasted(text)) return undefined;
  const pieces = Array.from(text.matchAll(PIECE), ([, sign, phrase, piece]) =>
    phrase === undefined ? termsOf(piece!) : phraseTerms(sign!, phrase),
  );
  const terms = pieces.flatMap((piece) => piece.terms);
  const hasSyntax = pieces.some((piece) => piece.isSyntax && piece.terms.length > 0);
  return hasSyntax && terms.some(({ occurs }) => occurs !== 'not') ? terms : undefined;
}

/** Longer than anybody composes a query. */
export function isPasted(text: string): boolean {
  return wordsOf(text).length > MOST_WORDS;
}

/** Terms for the words of a text without syntax. */
export function plainTerms(text: string): Term[] {
  return wordsOf(text).map((word) => ({ occurs: 'should', words: [word], isPrefix: false }));
}

interface Piece {
  terms: Term[];
  isSyntax: boolean;
}

/** Whoever quotes several words wants them as they stand; one word in quotes is a word that somebody dwells on. */
function phraseTerms(sign: string, phrase: string): Piece {
  const words = wordsOf(phrase);
  if (words.length === 1 && sign === '') return { terms: plainTerms(phrase), isSyntax: false };
  const terms: Term[] =
    words.length === 0 ? [] : [{ occurs: sign === '-' ? 'not' : 'must', words, isPrefix: false }];
  return { terms, isSyntax: true };
}

function termsOf(piece: string): Piece {
  const [, sign, body = piece] = SIGNED.exec(piece) ?? [];
  const words = wordsOf(body);
  if (words.length === 0) return { terms: [], isSyntax: false };
  const isPrefix = words.length === 1 && body === `${words[0]}*`;
  if (sign === undefined && !isPrefix) return { terms: plainTerms(body), isSyntax: false };
  const occurs = sign === '+' ? 'must' : sign === '-' ? 'not' : 'should';
  return { terms: [{ occurs, words, isPrefix }], isSyntax: true };
}
