import assert from 'node:assert/strict';
import test from 'node:test';
import type { VectorCache } from '../../lake/vectors.ts';
import { type Embedder, TextTooLongError } from '../../model/index.ts';
import { createEmbedBatch } from './embed-batch.ts';

const never = new AbortController().signal;
const texts = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ hash: `h${i}`, text: 'x'.repeat(1 + ((i * 37) % count)) }));

/** A vector is its text's length. */
function embedder(embed: (texts: readonly string[]) => Promise<void>): Embedder {
  const info = { dimension: 1 } as Embedder['info'];
  return {
    info,
    embed: async (batch) => {
      await embed(batch);
      return Float32Array.from(batch, (text) => text.length);
    },
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

function cache(): Pick<VectorCache, 'lookup' | 'add'> & { kept: Map<string, number> } {
  const kept = new Map<string, number>();
  return {
    kept,
    lookup: async (hashes) => {
      const known = hashes.filter((hash) => kept.has(hash));
      return new Map(known.map((hash) => [hash, Float32Array.of(kept.get(hash)!)]));
    },
    add: async (hashes, vectors) => {
      for (const [i, hash] of hashes.entries()) kept.set(hash, vectors[i]!);
    },
  };
}

test('what is embedded is kept before the rest of the batch is, the short texts first', async () => {
  const kept = cache();
  const { promise: release, resolve } = Promise.withResolvers<void>();
  let calls = 0;
  const model = embedder(async () => {
    if (++calls > 1) await release;
  });
  const running = createEmbedBatch(model, kept, never)(texts(200));
  while (kept.kept.size === 0) await new Promise(setImmediate);
  const lengths = [...kept.kept.values()];
  assert.deepEqual(
    lengths,
    lengths.map((_, i) => i + 1),
  );
  resolve();
  const { vectors, fresh } = await running;
  assert.deepEqual([vectors.size, fresh.size, kept.kept.size], [200, 200, 200]);
});

test('batches side by side embed a text once, and known texts not at all', async () => {
  const seen: string[] = [];
  const model = embedder(async (batch) => void seen.push(...batch));
  const kept = cache();
  const embed = createEmbedBatch(model, kept, never);
  const batches = await Promise.all([embed(texts(50)), embed(texts(50)), embed(texts(50).slice(10, 20))]);
  assert.equal(seen.length, 50);
  for (const { vectors } of batches) {
    for (const { hash, text } of texts(50))
      if (vectors.has(hash)) assert.equal(vectors.get(hash)![0], text.length);
  }
  assert.deepEqual(
    batches.map(({ vectors }) => vectors.size),
    [50, 50, 10],
  );
  assert.equal((await embed(texts(50))).fresh.size, 0);
  assert.equal(seen.length, 50);
});

test('a text that the model cannot take fails alone, with its reason', async () => {
  const model = embedder(async (batch) => {
    const index = batch.findIndex((text) => text.length === 7);
    if (index >= 0) throw new TextTooLongError(index, 300, 256);
  });
  const { vectors, failed } = await createEmbedBatch(model, cache(), never)(texts(100));
  assert.equal(vectors.size, 99);
  assert.match([...failed.values()].join(), /^text \d+ has 300 tokens/);
});

test('an error of the model ends the batch, and what other calls embedded is kept', async () => {
  const kept = cache();
  const model = embedder(async (batch) => {
    if (batch.some((text) => text.length === 100)) throw new Error('the model is gone');
  });
  await assert.rejects(createEmbedBatch(model, kept, never)(texts(100)), /the model is gone/);
  assert.ok(kept.kept.size >= 32);
});
