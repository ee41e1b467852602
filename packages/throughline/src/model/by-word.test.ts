import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Tokenizer as Library } from '@huggingface/tokenizers';
import { modelDirectory } from '@throughline/model-minilm';
import fc from 'fast-check';
import { byWord, isByWord } from './by-word.ts';
import { loadFolderTokenizer } from './folder-tokenizer.ts';

const read = async (name: string) => JSON.parse(await readFile(join(modelDirectory(), name), 'utf8'));
const rules = await read('tokenizer.json');
const library = new Library(
  { ...rules, truncation: null, padding: null },
  await read('tokenizer_config.json'),
);
const tokenizer = await loadFolderTokenizer(modelDirectory());

/** Signs at which rules of tokenizers, of white space and of Unicode part. */
const signs = fc.constantFrom(
  ...[' ', '\t', '\n', '\r', '\u00a0', '\ufeff', '\u200b', '\u2028', '\u0085', '\0', '\ufffd', '\u00ad'],
  ...['Σ', 'σ', 'ΑΣ', 'İ', 'ß', 'é', 'e\u0301', '\u0301', '\u0323', '가', '中', '𠀀', '\ud800', '😀', 'ﬁ'],
  ...['[CLS]', '[SEP]', '[MASK]', '[', 'CLS]', '##ing', 'don’t', "don't", '...', '$1,000.00', 'XXXX'],
  ...['playing', 'unbelievable', 'a', 'zzzzqqqq', 'x'.repeat(120)],
);
const texts = fc
  .array(fc.oneof({ weight: 3, arbitrary: signs }, fc.string({ unit: 'binary', maxLength: 8 })), {
    maxLength: 30,
  })
  .map((parts) => parts.join(''));

test('the default tokenizer is by word, and says what the library says of the whole text', () => {
  assert.ok(isByWord(rules));
  fc.assert(
    fc.property(texts, (text) => {
      assert.deepEqual([...tokenizer.encode(text)], library.encode(text).ids);
      assert.equal(tokenizer.count(text), library.encode(text, { add_special_tokens: false }).ids.length);
    }),
    { numRuns: 2_000 },
  );
});

test('a word is looked at once, however often it stands in texts', () => {
  const asked: string[] = [];
  const ids = byWord((word) => {
    asked.push(word);
    return [word.length];
  });
  assert.deepEqual(ids('to be or\tnot  to be\n'), [2, 2, 2, 3, 2, 2]);
  assert.deepEqual(ids('be'), [2]);
  assert.deepEqual(asked, ['to', 'be', 'or', 'not']);
});

test('words that are kept do not keep the texts that they stood in', () => {
  const ids = byWord(() => [1]);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 200; i++) ids(`${'a '.repeat(100_000)}word-number-${i}-of-many`);
  collect();
  const grown = (process.memoryUsage().heapUsed - before) / 2 ** 20;
  assert.ok(grown < 10, `${grown} MiB for texts of 38 MiB`);
});

test('other rules are not by word', () => {
  assert.ok(!isByWord({ ...rules, normalizer: null }));
  assert.ok(!isByWord({ ...rules, pre_tokenizer: { type: 'Metaspace' } }));
  assert.ok(!isByWord({ ...rules, model: { type: 'BPE' } }));
  assert.ok(!isByWord({ ...rules, added_tokens: [{ content: 'New York' }] }));
});
