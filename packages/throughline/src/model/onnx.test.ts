import assert from 'node:assert/strict';
import { cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { modelDirectory } from '@throughline/model-minilm';
import { loadTokenizer, modelInfo, openEmbedder } from './open.ts';
import { embedAll } from './text-failure.ts';
import type { OnnxSpec } from './types.ts';

const TINY = join(import.meta.dirname, '../../test/tiny-model');
const tiny: OnnxSpec = { model: 'onnx', folder: TINY, threads: 1 };

async function copy(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'model-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await cp(TINY, folder, { recursive: true });
  return folder;
}

test('what a folder says of its model is what is done', async () => {
  const { digest, ...info } = await modelInfo(tiny);
  assert.match(digest, /^[0-9a-f]{64}$/);
  assert.deepEqual(
    [info.dimension, info.maxTokens, info.queryPrefix, info.passagePrefix],
    [8, 32, 'query : ', 'passage : '],
  );
});

test('the pooling is that of the folder, the first token here, unless told otherwise', async () => {
  await using first = await openEmbedder({ ...tiny, passagePrefix: '' });
  await using mean = await openEmbedder({ ...tiny, passagePrefix: '', pooling: 'mean', normalize: false });
  const [a, b] = [await embedAll(first, ['the card']), await embedAll(first, ['late fee please'])];
  assert.deepEqual(a, b, 'the first token is [CLS], whatever the text');
  const [one, both] = [await embedAll(mean, ['card']), await embedAll(mean, ['card card'])];
  // [CLS] card [SEP] and [CLS] card card [SEP]: the sums differ by one row of the table.
  const row = both.map((value, d) => 4 * value - 3 * one[d]!);
  const other = await embedAll(mean, ['card card card']);
  for (const d of row.keys()) assert.ok(Math.abs(5 * other[d]! - 4 * both[d]! - row[d]!) < 1e-5);
  assert.notEqual(first.info.digest, mean.info.digest);
});

test("a tokenizer's own truncation and padding are not obeyed: nothing is cut silently", async () => {
  const tokenizer = await loadTokenizer(tiny);
  assert.equal(tokenizer.encode('the card was charged twice . please refund').length, 10);
  assert.equal(tokenizer.encode('card').length, 3);
  await using embedder = await openEmbedder({ ...tiny, passagePrefix: '' });
  const { failures } = await embedder.embed(['card '.repeat(31), 'card '.repeat(30)]);
  assert.deepEqual(
    failures.map(({ index, code }) => [index, code]),
    [[0, 'text_too_long']],
  );
});

test('the default model opened as any folder gives the same vectors', async () => {
  await using as = await openEmbedder({ model: 'minilm', threads: 1 });
  const spec = { model: 'onnx', folder: modelDirectory(), maxTokens: 256, threads: 1 } as const;
  await assert.rejects(openEmbedder(spec), /does not say how many numbers a vector has/);
  const folder = await mkdtemp(join(tmpdir(), 'minilm-'));
  await cp(modelDirectory(), folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), '{ "hidden_size": 384 }');
  await using folderAs = await openEmbedder({ ...spec, folder });
  const texts = ['They charged a late fee twice', 'ok'];
  assert.deepEqual(await embedAll(folderAs, texts), await embedAll(as, texts));
  await rm(folder, { recursive: true });
});

test('the digest is of the files and of what shapes vectors, not of the place', async (t) => {
  const folder = await copy(t);
  const before = (await modelInfo(tiny)).digest;
  assert.equal((await modelInfo({ ...tiny, folder, threads: 9 })).digest, before);
  await writeFile(join(folder, 'onnx/model.onnx_data'), 'more weights');
  assert.notEqual((await modelInfo({ ...tiny, folder })).digest, before);
});

test('what a folder lacks is said, with where it was looked for', async (t) => {
  await assert.rejects(modelInfo({ ...tiny, folder: '/nowhere' }), { exitCode: 66, message: /\/nowhere/ });
  const folder = await copy(t);
  await rename(join(folder, 'onnx'), join(folder, 'elsewhere'));
  await assert.rejects(modelInfo({ ...tiny, folder }), /there is no model.onnx or onnx\/model.onnx in it/);
  assert.equal((await modelInfo({ ...tiny, folder, file: 'elsewhere/model.onnx' })).dimension, 8);
  await writeFile(join(folder, '1_Pooling/config.json'), '{ "pooling_mode_max_tokens": true }');
  await assert.rejects(
    modelInfo({ ...tiny, folder, file: 'elsewhere/model.onnx' }),
    /pooling_mode_max_tokens/,
  );
  await writeFile(join(folder, 'modules.json'), '[{ "type": "sentence_transformers.models.Dense" }]');
  await assert.rejects(modelInfo({ ...tiny, folder, file: 'elsewhere/model.onnx' }), /a layer "Dense"/);
  await writeFile(join(folder, 'modules.json'), '[{ "type": "sentence_transformers.models.Pooling" }]');
  await writeFile(join(folder, '1_Pooling/config.json'), '{ "pooling');
  await assert.rejects(modelInfo({ ...tiny, folder, file: 'elsewhere/model.onnx' }), /not JSON/);
});

test('a file that is no model is an error that names the model', async (t) => {
  const folder = await copy(t);
  await writeFile(join(folder, 'onnx/model.onnx'), 'not a model');
  await assert.rejects(openEmbedder({ ...tiny, folder }), { code: 'model_load', exitCode: 66 });
});
