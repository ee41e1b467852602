import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openTable } from '@throughline/delta';
import { openSession } from '../engine/local/session.ts';
import { openVectorCache, type VectorCache, type VectorCacheOptions } from './vectors.ts';

const MODEL = 'a'.repeat(64);

async function lakeOf(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'vectors-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return root;
}

async function open(
  t: TestContext,
  lake: string,
  options: VectorCacheOptions = {},
  clock = Date.now,
): Promise<VectorCache> {
  const session = await openSession();
  t.after(() => session[Symbol.asyncDispose]());
  return await openVectorCache(lake, MODEL, 2, session.connect, clock, options);
}

const vectorOf = (number: number) => Float32Array.of(number, number / 2);

async function addOne(cache: VectorCache, number: number): Promise<void> {
  await cache.add([[`hash-${number}`, vectorOf(number)]]);
  await cache.flush();
}

test('what was kept is found again, by another process too, and nothing else', async (t) => {
  const lake = await lakeOf(t);
  const cache = await open(t, lake);
  await cache.add([
    ['a', Float32Array.of(1, 2)],
    ['b', Float32Array.of(3, 4)],
  ]);
  assert.deepEqual(
    (await cache.lookup(['b', 'c'])).get('b'),
    Float32Array.of(3, 4),
    'also before it is flushed',
  );
  await cache.flush();
  const found = await (await open(t, lake)).lookup(['a', 'b', 'c']);
  assert.deepEqual([...found].sort(), [
    ['a', Float32Array.of(1, 2)],
    ['b', Float32Array.of(3, 4)],
  ]);
});

test('a vector that is damaged or of another length is not known', async (t) => {
  const cache = await open(t, await lakeOf(t));
  await cache.add([
    ['nan', Float32Array.of(Number.NaN, 1)],
    ['good', Float32Array.of(3, 4)],
  ]);
  await cache.flush();
  assert.deepEqual([...(await cache.lookup(['nan', 'good'])).keys()], ['good']);
});

test('many small files become few meanwhile, and every vector is still there, while others write', async (t) => {
  const lake = await lakeOf(t);
  const [cache, other] = [await open(t, lake), await open(t, lake)];
  for (let number = 0; number < 70; number++) await addOne(cache, number);
  await addOne(other, 1000);
  await cache.compact();
  await addOne(other, 1001);
  assert.equal((await (await tableOf(lake)).files()).length, 1 + 6 + 2);
  const numbers = [...Array.from({ length: 70 }, (_, number) => number), 1000, 1001];
  const found = await (await open(t, lake)).lookup(numbers.map((number) => `hash-${number}`));
  for (const number of numbers) assert.deepEqual(found.get(`hash-${number}`), vectorOf(number));
});

test('vectors that were paid for are durable when they are added, and calls at once share a file', async (t) => {
  const lake = await lakeOf(t);
  const cache = await open(t, lake, { keepAtOnce: true });
  await Promise.all(
    Array.from({ length: 20 }, (_, number) => cache.add([[`hash-${number}`, vectorOf(number)]])),
  );
  const found = await (await open(t, lake)).lookup(Array.from({ length: 20 }, (_, n) => `hash-${n}`));
  assert.equal(found.size, 20);
  assert.ok((await tableOf(lake)).version <= 3, 'not a commit for each call');
});

test('a cache that is over its size loses its oldest vectors only, and their files a day later', async (t) => {
  const lake = await lakeOf(t);
  let now = Date.now();
  const cache = await open(t, lake, {}, () => now);
  for (let number = 0; number < 60; number++) {
    await addOne(cache, number);
    now += 1000;
  }
  const files = await (await tableOf(lake)).files();
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const oldest = files.toSorted((a, b) => a.modificationTime - b.modificationTime)[0]!;
  await cache.compact(Math.ceil(bytes / 2));
  const left = await cache.lookup(Array.from({ length: 60 }, (_, number) => `hash-${number}`));
  assert.ok(left.size >= 26 && left.size <= 30, `${left.size} of 60 are left`);
  for (let number = 60 - left.size; number < 60; number++) assert.ok(left.has(`hash-${number}`));
  const path = join((await tableOf(lake)).root, decodeURIComponent(oldest.path));
  assert.ok(existsSync(path), 'a reader may still need it');
  now += 25 * 3_600_000;
  await cache.compact(1);
  assert.ok(!existsSync(path));
});

test('vectors of a flush that failed are kept with the next', async (t) => {
  const lake = await lakeOf(t);
  let isBroken = false;
  const cache = await open(t, lake, {}, () => {
    if (isBroken) throw new Error('the disk is busy');
    return Date.now();
  });
  await cache.add([['hash-1', vectorOf(1)]]);
  isBroken = true;
  await assert.rejects(cache.flush(), /busy/);
  isBroken = false;
  await addOne(cache, 2);
  assert.equal((await (await open(t, lake)).lookup(['hash-1', 'hash-2'])).size, 2);
});

async function tableOf(lake: string) {
  const [folder] = await readdir(join(lake, 'vectors'));
  return openTable(join(lake, 'vectors', folder!));
}
