import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import { bytesHold, needlesOf } from './search-bytes.ts';

async function fileOf(t: TestContext): Promise<(bytes: Buffer) => Promise<string>> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'file');
  return async (bytes) => {
    await writeFile(path, bytes);
    return path;
  };
}

const PIECE = 4 * 1024 * 1024;

test('a needle is found wherever it is, also across the pieces that a file is read in', async (t) => {
  const write = await fileOf(t);
  const needles = needlesOf({
    ids: new Set(['3184567']),
    texts: new Set(['He said "no"\nto the fee of last May']),
  });
  const place = fc.integer({ min: PIECE - 40, max: PIECE + 40 });
  const sample = fc.sample(
    fc.tuple(
      place,
      fc.constantFrom('3184567', 'He said "no"\nto', 'He said \\"no\\"\\nto the fee of last May'),
    ),
    12,
  );
  for (const [at, text] of sample) {
    const bytes = Buffer.alloc(PIECE + 100);
    bytes.write(text, at);
    assert.equal(await bytesHold(await write(bytes), needles), text !== 'He said "no"\nto', `${at} ${text}`);
  }
});

test('a short id within a longer word is none, and at the end of a file it is one', async (t) => {
  const write = await fileOf(t);
  const needles = needlesOf({ ids: new Set(['318456', '17']), texts: new Set() });
  const holds = async (text: string) => await bytesHold(await write(Buffer.from(text)), needles);
  for (const text of ['318456', 'x 318456', '"318456"']) assert.equal(await holds(text), true, text);
  for (const text of ['3184567', 'a318456', '17', '']) assert.equal(await holds(text), false, text);
});
