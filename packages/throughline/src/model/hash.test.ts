import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { embedAll, loadTokenizer, modelInfo, openEmbedder } from './index.ts';
import { tooLong } from './text-failure.ts';

const hash = { model: 'hash', dimension: 64 } as const;

test('any text gets a unit vector, the same whatever it is embedded with', async () => {
  await using embedder = await openEmbedder(hash);
  const text = fc.string({ unit: 'grapheme', maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 8 }), async (texts) => {
      const together = await embedAll(embedder, texts);
      for (const [i, one] of texts.entries()) {
        const row = together.subarray(i * 64, (i + 1) * 64);
        assert.deepEqual(row, await embedAll(embedder, [one]));
        assert.ok(Math.abs(Math.hypot(...row) - 1) < 1e-6);
      }
    }),
  );
});

test('texts that share words are closer than texts that share none', async () => {
  await using embedder = await openEmbedder({ model: 'hash' });
  const [a, b, c] = await Promise.all(
    ['my card was charged twice', 'the card was charged twice today', 'opening hours of your branch'].map(
      (text) => embedAll(embedder, [text]),
    ),
  );
  assert.ok(dot(a!, b!) > 0.5);
  assert.ok(dot(a!, c!) < 0.3);
});

test('the hash of a text is the same on every machine', async () => {
  await using embedder = await openEmbedder({ model: 'hash', dimension: 8 });
  const vector = await embedAll(embedder, ['Refund, please']);
  assert.deepEqual(
    Array.from(vector, (value) => Number(value.toFixed(6))),
    [-0.56921, 0.56921, 0.252982, -0.252982, 0, 0.252982, 0.126491, 0.379473],
  );
});

test('the tokenizer counts words as the embedder does', async () => {
  const tokenizer = await loadTokenizer(hash);
  assert.equal(tokenizer.count('Überweisung nach São Paulo: 3,50 €'), 6);
  await using embedder = await openEmbedder(hash);
  const { info } = embedder;
  const { maxTokens } = info;
  await embedAll(embedder, ['word '.repeat(maxTokens)]);
  const { vectors, failures } = await embedder.embed(['word '.repeat(maxTokens + 1), 'fine']);
  assert.deepEqual(failures, [tooLong(0, maxTokens + 1, maxTokens)]);
  assert.deepEqual(vectors.subarray(info.dimension), await embedAll(embedder, ['fine']));
});

test('settings that change vectors change the digest, and nothing else does', async () => {
  const digests = await Promise.all(
    [hash, { ...hash, threads: 7 }, { ...hash, dimension: 65 }, { ...hash, normalize: false }].map(
      async (spec) => (await modelInfo(spec)).digest,
    ),
  );
  assert.equal(digests[0], digests[1]);
  assert.equal(new Set(digests).size, 3);
});

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, d) => sum + value * b[d]!, 0);
}
