import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { byWord, isByWord } from './by-word.ts';
import type { Tokenizer } from './types.ts';

/**
 * The tokenizer of a model's folder (`tokenizer.json`, `tokenizer_config.json`); it neither truncates nor pads. The library
 * is loaded here: a worker that was bundled for a model without it does not have it.
 */
export async function loadFolderTokenizer(directory: string): Promise<Tokenizer> {
  const { Tokenizer: HuggingFaceTokenizer } = await import('@huggingface/tokenizers');
  const [rules, config] = await Promise.all(
    ['tokenizer.json', 'tokenizer_config.json'].map(async (name) =>
      JSON.parse(await readFile(join(directory, name), 'utf8')),
    ),
  );
  const tokenizer = new HuggingFaceTokenizer({ ...rules, truncation: null, padding: null }, config);
  const bare = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids;
  const special = tokenizer.encode('').ids;
  const before = leadingSpecial(tokenizer.encode(ANY_TEXT).ids, bare(ANY_TEXT));
  if (!isByWord(rules) || before === undefined)
    return {
      count: (text) => bare(text).length,
      encode: (text) => Int32Array.from(tokenizer.encode(text).ids),
      specialTokens: special.length,
    };
  const ids = byWord(bare);
  return {
    count: (text) => ids(text).length,
    encode: (text) => Int32Array.from([...special.slice(0, before), ...ids(text), ...special.slice(before)]),
    specialTokens: special.length,
  };
}

const ANY_TEXT = 'a';

/** How many special tokens stand before a text; undefined where that is not plain. */
function leadingSpecial(whole: readonly number[], bare: readonly number[]): number | undefined {
  const at = whole.indexOf(bare[0]!);
  const isPlain = bare.length > 0 && bare.every((id, i) => whole[at + i] === id);
  return isPlain ? at : undefined;
}
