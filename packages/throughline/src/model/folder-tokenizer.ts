import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
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
  return {
    count: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids.length,
    encode: (text) => Int32Array.from(tokenizer.encode(text).ids),
    specialTokens: tokenizer.encode('').ids.length,
  };
}
