import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { modelDirectory, modelInfo } from './index.ts';

test('every file of the model is the one that the description names', async () => {
  const names = Object.keys(modelInfo.files).sort();
  assert.deepEqual(names, ['model.onnx', 'tokenizer.json', 'tokenizer_config.json']);
  for (const name of names) {
    const bytes = await readFile(join(modelDirectory(), name));
    assert.equal(createHash('sha256').update(bytes).digest('hex'), modelInfo.files[name], name);
  }
});

test('the model stays small enough to travel with the package', async () => {
  const { size } = await stat(join(modelDirectory(), 'model.onnx'));
  assert.ok(size < 30_000_000, `${size} bytes`);
});

test('the tokenizer neither truncates nor pads', async () => {
  const tokenizer = JSON.parse(await readFile(join(modelDirectory(), 'tokenizer.json'), 'utf8'));
  assert.equal(tokenizer.truncation, null);
  assert.equal(tokenizer.padding, null);
});

test('every calibration and reference text is listed once: what is measured was not calibrated on', async () => {
  const texts = await Promise.all(
    ['../make/calibration.jsonl', '../fixtures/reference.jsonl'].map(readTexts),
  );
  const all = texts.flat();
  assert.equal(new Set(all).size, all.length);
});

async function readTexts(path: string): Promise<string[]> {
  const lines = (await readFile(new URL(path, import.meta.url), 'utf8')).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line).text);
}
