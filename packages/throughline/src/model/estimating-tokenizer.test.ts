import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { modelDirectory } from '@throughline/model-minilm';
import { estimatingTokenizer } from './estimating-tokenizer.ts';
import { loadTokenizer } from './open.ts';

const TEXTS = [
  'Account 4417-1234-5678-9113 opened 01/02/2019, closed 2021-12-31.',
  'XXXX XXXX, XX/XX/2019: I was charged {$1200.00} twice!!!',
  'write to first.last+tag@mail.example.org or https://example.org/a?b=c&d=e#f',
  'Überweisung nach São Paulo: 3.500,00 €',
  'カードが使えません。返金してください。',
  '我的信用卡被重复扣款',
  'لم أستلم بطاقتي الجديدة بعد',
  'a b c d e f g',
];

test('hardly a text of a business has more tokens than are estimated, and none has many more', async () => {
  const real = await loadTokenizer({ model: 'minilm' });
  const lines = (await readFile(join(modelDirectory(), '../fixtures/reference.jsonl'), 'utf8'))
    .trim()
    .split('\n');
  const texts = [...TEXTS, ...lines.map((line) => String(JSON.parse(line).text))];
  const shares = texts.map((text) => real.count(text) / estimatingTokenizer.count(text));
  const above = shares.filter((share) => share > 1);
  assert.ok(above.length <= texts.length / 50, `${above.length} of ${texts.length} have more`);
  assert.ok(Math.max(...shares) < 1.2, `${Math.max(...shares)}`);
  const sorted = shares.sort((a, b) => a - b);
  assert.ok(sorted[Math.floor(sorted.length / 2)]! > 0.5, 'nor are passages needlessly short');
});

test('white space is nothing, and an encoding is as long as the count', () => {
  assert.equal(estimatingTokenizer.count(' \n\t '), 0);
  assert.equal(estimatingTokenizer.encode('a late fee').length, estimatingTokenizer.count('a late fee'));
});
