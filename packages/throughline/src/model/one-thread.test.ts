import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { EmbedderStoppedError } from './errors.ts';
import { openOneThread } from './one-thread.ts';
import { openEmbedder } from './open.ts';
import type { ModelSpec } from './types.ts';

const TINY = join(import.meta.dirname, '../../test/tiny-model');
const MODELS: ModelSpec[] = [
  { model: 'minilm' },
  { model: 'minilm', normalize: false },
  { model: 'onnx', folder: TINY },
  { model: 'onnx', folder: TINY, pooling: 'mean', passagePrefix: 'the ' },
  { model: 'hash', dimension: 64 },
];

const phrase = fc
  .array(fc.constantFrom('card', 'late', 'fee', 'the', 'please', 'refund', '.', 'Überweisung', '返金', ''), {
    maxLength: 60,
  })
  .map((words) => words.join(' '));
const calls = fc.array(fc.array(phrase, { maxLength: 20 }), { minLength: 1, maxLength: 3 });

for (const spec of MODELS) {
  test(`bitwise the vectors, and the failures, of threads: ${JSON.stringify(spec)}`, async () => {
    await using threads = await openEmbedder({ ...spec, threads: 2 });
    await using one = await openOneThread(spec);
    assert.deepEqual(one.info, threads.info);
    await fc.assert(
      fc.asyncProperty(calls, fc.constantFrom('query' as const, 'passage' as const), async (calls, kind) => {
        const of = (embedder: typeof one) =>
          Promise.all(calls.map((texts) => embedder.embed(texts, { kind })));
        const [expected, actual] = [await of(threads), await of(one)];
        for (const [i, { vectors, failures }] of expected.entries()) {
          assert.deepEqual(actual[i]!.failures, failures);
          assert.ok(bytes(actual[i]!.vectors).equals(bytes(vectors)));
        }
      }),
      { numRuns: 8 },
    );
  });
}

test('a close answers nothing more, and may be repeated', async () => {
  const embedder = await openOneThread({ model: 'onnx', folder: TINY });
  const work = embedder.embed(Array.from({ length: 500 }, (_, i) => 'card '.repeat(i % 20)));
  const rejected = assert.rejects(work, EmbedderStoppedError);
  await Promise.all([embedder.close(), embedder.close(), rejected]);
  await assert.rejects(embedder.embed(['card']), /was closed/);
});

test('an abort ends a call, and the embedder goes on', async () => {
  await using embedder = await openOneThread({ model: 'onnx', folder: TINY });
  const controller = new AbortController();
  const aborted = embedder.embed(Array(5000).fill('late fee'), { signal: controller.signal });
  setImmediate(() => controller.abort(new Error('enough')));
  await assert.rejects(aborted, /enough/);
  assert.equal((await embedder.embed(['card'])).vectors.length, 8);
});

test('a file that is no model is an error that names the model', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'model-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await cp(TINY, folder, { recursive: true });
  await writeFile(join(folder, 'onnx/model.onnx'), 'not a model');
  await assert.rejects(openOneThread({ model: 'onnx', folder }), { code: 'model_load', exitCode: 66 });
});

test('what is not in files on this machine is refused, with what to do', async () => {
  const hub: ModelSpec = { model: 'hub', id: 'a/b', revision: 'main' };
  const refusal = { code: 'model_not_in_files', exitCode: 78, message: /"hub"/, hint: /onnx:FOLDER/ };
  await assert.rejects(openOneThread(hub), refusal);
});

function bytes({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
