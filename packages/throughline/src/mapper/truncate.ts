/** Where a model that truncates cuts a text: after the last token that it takes, which may be within a word. */
import type { Tokenizer } from '../model/index.ts';
import type { Span } from './split.ts';

/** A word is not looked into any further: longer ones are addresses and the like. */
const LONGEST_WORD = 100;

/**
 * The span, made longer into the word behind it until the model sees exactly the tokens that it would see of the whole text; as it was where no
 * such place is found. Words are made of tokens from the left (WordPiece, "Fast WordPiece Tokenization", Song et al. 2021), so the
 * beginning of a word has the first of its tokens; other tokenizers may have no such place.
 */
export function asModelCuts(
  text: string,
  span: Span,
  tokenizer: Tokenizer,
  { maxTokens, prefix }: { maxTokens: number; prefix: string },
): Span {
  const whole = tokenizer.encode(prefix + text.slice(span.start));
  const kept = maxTokens - trailing(tokenizer);
  for (const end of placesBehind(text, span.end)) {
    // A beginning may have more tokens than a longer one: `naiv` has two, `naive` one.
    const ids = tokenizer.encode(prefix + text.slice(span.start, end));
    if (ids.length === maxTokens && ids.subarray(0, kept).every((id, i) => id === whole[i]))
      return { start: span.start, end, tokens: ids.length };
  }
  return span;
}

/** Ends within the next word, and at its end, shortest first; none within a surrogate pair. */
function* placesBehind(text: string, from: number): Generator<number> {
  yield from;
  let isInWord = false;
  for (let end = from; end < Math.min(text.length, from + LONGEST_WORD); ) {
    const character = String.fromCodePoint(text.codePointAt(end)!);
    const isBlank = /\s/.test(character);
    if (isBlank && isInWord) return;
    isInWord ||= !isBlank;
    end += character.length;
    if (!isBlank) yield end;
  }
}

/** How many special tokens stand behind a text. */
function trailing(tokenizer: Tokenizer): number {
  const [none, some] = [tokenizer.encode(''), tokenizer.encode('a')];
  let count = 0;
  while (count < none.length && none.at(-1 - count) === some.at(-1 - count)) count++;
  return count;
}
