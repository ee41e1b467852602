import assert from 'node:assert/strict';
import test from 'node:test';
import { OversleptError } from '../../chunk/lease.ts';
import { EXIT, type ExitCode, ThroughlineError } from '../../error.ts';
import type { VectorCache } from '../../lake/vectors.ts';
import type { Embedder, TextFailure } from '../../model/index.ts';
import { tooLong } from '../../model/text-failure.ts';
import { createEmbedBatch } from './embed-batch.ts';

const never = new AbortController().signal;
const texts = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ hash: `h${i}`, text: 'x'.repeat(1 + ((i * 37) % count)) }));

/** A vector is its text's length; `embed` says which texts fail. */
function embedder(embed: (texts: readonly string[]) => Promise<TextFailure[] | undefined>): Embedder {
  const info = { dimension: 1 } as Embedder['info'];
  return {
    info,
    embed: async (batch) => {
      const failures = (await embed(batch)) ?? [];
      return { vectors: Float32Array.from(batch, (text) => text.length), failures };
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
    add: async (vectors) => {
      for (const [hash, vector] of vectors) kept.set(hash, vector[0]!);
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
    return index < 0 ? [] : [tooLong(index, 300, 256)];
  });
  const kept = cache();
  const { vectors, failed, unanswered } = await createEmbedBatch(model, kept, never)(texts(100));
  assert.deepEqual([vectors.size, kept.kept.size, unanswered.size], [99, 99, 0]);
  assert.deepEqual(
    [...failed.values()],
    [{ code: 'text_too_long', message: 'the text has 300 tokens and the model takes 256' }],
  );
});

test('where a call fails, its texts are unanswered, and what other calls embedded is kept', async () => {
  const kept = cache();
  const model = embedder(async (batch) => {
    if (batch.some((text) => text.length === 100)) throw unavailable('http_503', EXIT.tryAgain);
  });
  const { vectors, unanswered, fresh } = await createEmbedBatch(model, kept, never)(texts(100));
  assert.equal(vectors.size + unanswered.size, 100);
  assert.ok(unanswered.size <= 32);
  assert.deepEqual([kept.kept.size, fresh.size], [vectors.size, vectors.size]);
  assert.equal([...unanswered.values()][0]!.code, 'http_503');
});

test('an error that every other call would meet ends the run, and what other calls embedded is kept', async () => {
  const kept = cache();
  const model = embedder(async (batch) => {
    if (batch.some((text) => text.length === 100)) throw unavailable('http_401', EXIT.permission);
  });
  await assert.rejects(createEmbedBatch(model, kept, never)(texts(100)), { code: 'http_401' });
  assert.ok(kept.kept.size >= 32);
});

test('what a batch pays for is kept, though another batch that it waits for ends the run', async () => {
  const kept = cache();
  const { promise: paid, resolve: pay } = Promise.withResolvers<void>();
  const model = embedder(async (batch) => {
    if (batch.includes('shared')) throw unavailable('budget_exceeded', EXIT.tryAgain);
    await paid;
  });
  const embed = createEmbedBatch(model, kept, never);
  const shared = { hash: 'shared', text: 'shared' };
  const first = embed([shared]);
  const second = embed([shared, { hash: 'own', text: 'own' }]);
  await assert.rejects(first, { code: 'budget_exceeded' });
  pay();
  await assert.rejects(second, { code: 'budget_exceeded' });
  assert.deepEqual([...kept.kept.keys()], ['own']);
});

test('a cache that fails for a moment costs the texts an attempt, not the run', async () => {
  const broken = { ...cache(), add: async () => Promise.reject(unavailable('store_failed', EXIT.tryAgain)) };
  const { unanswered } = await createEmbedBatch(
    embedder(async () => undefined),
    broken,
    never,
  )(texts(3));
  assert.equal(unanswered.size, 3);
});

function unavailable(code: string, exitCode: ExitCode): ThroughlineError {
  return new ThroughlineError('the server does not answer', { code, exitCode });
}

test('of a process that overslept, calls under way are left unanswered; the next batch is embedded', async () => {
  const held = [new AbortController(), new AbortController()];
  let asked = 0;
  const model = embedder(async () => undefined);
  const slow: Embedder = {
    ...model,
    embed: async (batch, { signal } = {}) => {
      if (asked++ > 0) return await model.embed(batch);
      held[0]!.abort(new OversleptError());
      signal!.throwIfAborted();
      throw new Error('unreachable');
    },
  };
  const embed = createEmbedBatch(slow, cache(), never, () => held[asked > 0 ? 1 : 0]!.signal);
  const first = await embed(texts(3));
  assert.deepEqual(
    [first.vectors.size, [...first.unanswered.values()].map(({ code }) => code)],
    [0, Array(3).fill('overslept')],
  );
  assert.equal((await embed(texts(3))).vectors.size, 3);
});
