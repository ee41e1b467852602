/**
 * A tokenizer that looks at every word by itself is asked once for each word, and not again for each text that has it: mapping
 * complaints takes a fifth of the time.
 */

/** As a model's `tokenizer.json` has it. */
export interface TokenizerRules {
  normalizer?: { type?: string } | null;
  pre_tokenizer?: { type?: string } | null;
  model?: { type?: string };
  added_tokens?: readonly { content: string }[];
}

/** What separates words for BERT, whatever else does, too: a text cut there has the tokens of its parts. */
const SEPARATOR = /[ \t\n\r]+/;

/**
 * Whether a text's tokens are those of its words, one after another. It is so for BERT's rules: they replace, drop and lower
 * characters by themselves or by their neighbours in the word, cut at white space, and look words up one by one.
 */
export function isByWord({ normalizer, pre_tokenizer, model, added_tokens = [] }: TokenizerRules): boolean {
  return (
    normalizer?.type === 'BertNormalizer' &&
    pre_tokenizer?.type === 'BertPreTokenizer' &&
    model?.type === 'WordPiece' &&
    added_tokens.every(({ content }) => !SEPARATOR.test(content))
  );
}

/** Words that are kept: some 10 MB. */
const KEPT = 50_000;
/** Longer ones hardly come again. */
const LONGEST = 32;

/** Token ids of a text, without the special ones. */
export type Ids = (text: string) => readonly number[];

/** Gives what `idsOf` gives for the whole text, where that is by word. */
export function byWord(idsOf: Ids): Ids {
  const known = new Map<string, readonly number[]>();
  const ofWord = (word: string) => {
    const before = known.get(word);
    if (before !== undefined) return before;
    const ids = idsOf(word);
    if (word.length > LONGEST) return ids;
    if (known.size >= KEPT) known.clear();
    known.set(ownString(word), ids);
    return ids;
  };
  return (text) => {
    const all: number[] = [];
    for (const word of text.split(SEPARATOR)) if (word !== '') for (const id of ofWord(word)) all.push(id);
    return all;
  };
}

/** A part of a string keeps the whole of it in memory: what is kept is copied. */
function ownString(part: string): string {
  return Buffer.from(part, 'utf16le').toString('utf16le');
}
