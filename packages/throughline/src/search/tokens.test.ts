import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { tokens } from './tokens.ts';

test('words are cut by the rules of Unicode, and folded', () => {
  for (const [text, words] of [
    ["They don't answer e-mail.", ['they', "don't", 'answer', 'e', 'mail']],
    ['They don’t', ['they', "don't"]],
    ['the U.S. took $2,500.00, on 1/2/03', ['the', 'u.s', 'took', '2,500.00', 'on', '1', '2', '03']],
    ['Naïve Straße, æther', ['naive', 'strasse', 'aether']],
    ['my_account: x@y.com', ['my_account', 'x', 'y.com']],
    ['日本語 テスト', ['日', '本', '語', 'テスト']],
    ['हिन्दी', ['हिन्दी']],
    ['_ - . \u{1f600} ,', []],
  ] as const)
    assert.deepEqual(tokens(text), words);
});

test('words of any text are short and well-formed, without blanks and quotes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      for (const word of tokens(text)) {
        assert.ok(word.length > 0 && word.length <= 64 && word.isWellFormed());
        assert.doesNotMatch(word, /[\s\0"\\]/u);
      }
    }),
  );
});
