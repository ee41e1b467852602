import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { ModelSpec } from '../../../model/index.ts';
import { openOneThread } from '../../../model/one-thread.ts';
import { encodeSettings } from './settings.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const TINY = join(import.meta.dirname, '../../../../test/tiny-model');
const tiny: ModelSpec = { model: 'onnx', folder: TINY };

function start(...args: string[]) {
  const worker = spawn(process.execPath, [MAIN, ...args]);
  // A worker that fails does not read to the end.
  worker.stdin.on('error', () => {});
  const out = buffer(worker.stdout);
  const error = text(worker.stderr);
  const ended = once(worker, 'close').then(async ([code]) => ({
    code: code as number,
    out: (await out).toString(),
    error: await error,
  }));
  return { worker, ended };
}

async function work(args: string[], input: string) {
  const { worker, ended } = start(...args);
  worker.stdin.end(input);
  return await ended;
}

const rows = (texts: readonly string[]) =>
  texts.map((text, i) => `${JSON.stringify({ hash: `h${i}`, text })}\n`).join('');

test('every row is answered in its order, with the vectors that the model gives here bit by bit', async () => {
  const texts = ['the card', 'a\u2028b \r c', '', 'late fee '.repeat(40), '"quotes" \\ and\ttabs', '😀'];
  const { code, out, error } = await work(['embed', encodeSettings({ model: tiny })], rows(texts));
  assert.deepEqual([code, error], [0, '']);
  const answers = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    answers.map(({ hash }) => hash),
    texts.map((_, i) => `h${i}`),
  );
  await using embedder = await openOneThread(tiny);
  const { vectors, failures } = await embedder.embed(texts);
  assert.deepEqual(
    failures.map(({ index }) => index),
    [3],
  );
  for (const [i, answer] of answers.entries()) {
    const { code, message } = failures.find(({ index }) => index === i) ?? {};
    if (code !== undefined) assert.deepEqual(answer, { hash: `h${i}`, code, message });
    else assert.deepEqual(Float32Array.from(answer.embedding), vectors.subarray(i * 8, (i + 1) * 8));
  }
});

test('a reader that is slower than the worker is waited for, and gets everything', async () => {
  const model: ModelSpec = { model: 'hash' };
  const { worker, ended } = start('embed', encodeSettings({ model }));
  worker.stdout.pause();
  worker.stdin.end(rows(Array.from({ length: 5000 }, (_, i) => `complaint ${i}`)));
  await new Promise((resolve) => setTimeout(resolve, 500));
  worker.stdout.resume();
  const { code, out } = await ended;
  assert.equal(code, 0);
  assert.equal(out.split('\n').length, 5001);
});

test('no rows are no answers', async () => {
  const settings = encodeSettings({ model: { model: 'hash' } });
  assert.deepEqual(await work(['embed', settings], ''), { code: 0, out: '', error: '' });
});

test('an error is its message and hint on standard error, and its exit code', async () => {
  const settings = encodeSettings({ model: { model: 'hash' } });
  const bad = await work(['embed', settings], `${rows(['fine'])}{"hash": "x"}\n`);
  assert.equal(bad.code, 65);
  assert.equal(bad.error, "line 2 of the worker's input has no hash and text\n");
  const broken = await work(['embed', settings], 'nonsense\n');
  assert.match(broken.error, /^line 1 of the worker's input is not JSON: /);
  const nowhere = await work(['embed', encodeSettings({ model: { model: 'onnx', folder: 'nowhere' } })], '');
  assert.equal(nowhere.code, 66);
  assert.match(nowhere.error, /spark\/nowhere.*\nA model folder has model.onnx/);
});

test('a worker that is called wrongly says so', async () => {
  assert.deepEqual(await work(['dance', ''], ''), {
    ...{ code: 64, out: '' },
    error: 'the worker does not know the mode "dance"\n',
  });
  const { code, error } = await work(['embed', 'nonsense'], '');
  assert.equal(code, 64);
  assert.match(error, /^the worker's settings cannot be read: /);
});

test('a worker whose answers nobody takes ends, though its input goes on', async () => {
  const settings = encodeSettings({ model: { model: 'hash' }, patienceMs: 300 });
  const worker = spawn(process.execPath, [MAIN, 'embed', settings], { stdio: ['pipe', 'pipe', 'inherit'] });
  worker.stdin.on('error', () => {});
  worker.stdin.write(rows(Array(5000).fill('late fee')));
  assert.deepEqual(await once(worker, 'exit'), [141, null]);
});

test('a worker whose input goes on ends when it fails', async () => {
  const { worker, ended } = start('embed', encodeSettings({ model: { model: 'hash' } }));
  // More than a pipe holds, and no end.
  worker.stdin.write(`nonsense\n${rows(Array(5000).fill('more'))}`);
  assert.equal((await ended).code, 65);
});
