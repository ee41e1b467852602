import type { Tokenizer } from './types.ts';

/**
 * For models whose tokenizer is not here: a count that those of today's models hardly ever exceed, so that passages fit.
 * Every digit, every mark and every letter beyond ASCII is a token, and so are three letters of ASCII in a word, or what is
 * left of them. Plain English comes to about half as many tokens again as it has.
 */
export const estimatingTokenizer: Tokenizer = {
  count,
  encode: (text) => new Int32Array(count(text)),
  specialTokens: 2,
};

const LETTERS_PER_TOKEN = 3;
const WORDS = /[\p{L}\p{M}]+|[^\p{L}\p{M}\s]/gu;
const BEYOND_ASCII = /[^a-z]/gi;

function count(text: string): number {
  let tokens = 0;
  for (const [word] of text.matchAll(WORDS)) {
    const others = word.match(BEYOND_ASCII)?.length ?? 0;
    tokens += others + Math.ceil((word.length - others) / LETTERS_PER_TOKEN);
  }
  return tokens;
}
