import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { modelDirectory } from '@throughline/model-minilm';
import { EmbedderStoppedError, ModelLoadError } from './errors.ts';
import type { ThreadSettings } from './protocol.ts';
import { startThread } from './thread.ts';

const settings: ThreadSettings = {
  ...{ model: 'minilm', directory: modelDirectory(), file: join(modelDirectory(), 'model.onnx') },
  ...{ dimension: 384, normalize: true },
  pooling: 'mean',
};
const never = (error: Error) => assert.fail(error);

/** A thread that answers `ready`, and then does what `onMessage` (JavaScript) says. */
function fakeEntry(onMessage: string): URL {
  const source = `import { parentPort as port } from 'node:worker_threads';
    port.on('message', (job) => { ${onMessage} });
    port.postMessage({ type: 'ready' });`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}

test('a model that is not there is an error that says where it was looked for', async () => {
  const nowhere = { ...settings, directory: '/nowhere/at/all', file: '/nowhere/at/all/model.onnx' };
  await assert.rejects(startThread(nowhere, never), (error) => {
    assert.ok(error instanceof ModelLoadError);
    assert.match(error.message, /\/nowhere\/at\/all/);
    return true;
  });
});

test('a thread that ends before it is ready is an error, not a wait for ever', async () => {
  const entry = new URL('data:text/javascript,process.exit(3)');
  await assert.rejects(startThread(settings, never, entry), /exited with code 3/);
});

test('a job that the model refuses is rejected, and the next one is answered', async () => {
  const thread = await startThread(settings, never);
  const refused = thread.embed(Int32Array.of(101, 1_000_000, 102), 1);
  const next = thread.tokenize(['late fee', '']);
  await assert.rejects(refused, /out of data bounds|indices/i);
  assert.deepEqual(
    (await next).map((ids) => [...ids]),
    [
      [101, 2397, 7408, 102],
      [101, 102],
    ],
  );
  assert.equal(thread.load, 0);
  await thread.close();
  await assert.rejects(thread.tokenize(['late']), /was closed/);
});

test('a close waits for the jobs before it', async () => {
  const thread = await startThread(settings, never);
  const jobs = [thread.tokenize(['a']), thread.embed(Int32Array.of(101, 102), 1)];
  assert.equal(thread.load, 2);
  await Promise.all([thread.close(), thread.close()]);
  const [ids, vector] = await Promise.all(jobs);
  assert.equal(ids!.length, 1);
  assert.equal(vector!.length, 384);
});

for (const [how, code] of [
  ['throws', "throw new Error('out of luck')"],
  ['exits', 'process.exit(9)'],
] as const) {
  test(`a thread that ${how} rejects everything it held, and says so once`, async () => {
    const crashes: Error[] = [];
    const thread = await startThread(settings, (error) => crashes.push(error), fakeEntry(code));
    const jobs = [thread.tokenize(['a']), thread.tokenize(['b'])];
    for (const job of await Promise.allSettled(jobs)) {
      assert.equal(job.status, 'rejected');
      assert.ok(job.reason instanceof EmbedderStoppedError);
      assert.match(job.reason.message, /out of luck|code 9/);
    }
    await assert.rejects(thread.tokenize(['later']), EmbedderStoppedError);
    await thread.close();
    assert.equal(crashes.length, 1);
  });
}
