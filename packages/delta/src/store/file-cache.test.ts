import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { emptyFolder } from '../../test/table.ts';
import { cacheOptions, emptyFileCache, openFileCache } from './file-cache.ts';
import type { LocalFile } from './store.ts';

/** A download that writes `text`, and counts. */
function source(text: string) {
  const self = {
    downloads: 0,
    download: async (toPath: string) => {
      self.downloads++;
      await writeFile(toPath, text);
    },
  };
  return self;
}

async function bytesIn(directory: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(join(directory, 'files')))
    bytes += (await stat(join(directory, 'files', name))).size;
  return bytes;
}

/** How many files of readers there are. */
async function pinsIn(directory: string): Promise<number> {
  const pins = join(directory, 'pins');
  const names = await Promise.all((await readdir(pins)).map((folder) => readdir(join(pins, folder))));
  return names.flat().length;
}

test('an emptied cache holds nothing but what is in use, and fills again', async (t) => {
  const directory = await emptyFolder(t);
  const cache = openFileCache({ directory, bytes: 100 });
  const file = source('text');
  const copy = await cache.cached('key', 4, file.download);
  await emptyFileCache({ THROUGHLINE_DELTA_CACHE: directory });
  assert.equal(await readFile(copy.localPath, 'utf8'), 'text');
  await copy.release();
  assert.deepEqual(await readdir(join(directory, 'files')), []);
  await (await cache.cached('key', 4, file.download)).release();
  assert.equal((await readdir(join(directory, 'files'))).length, 1);
});

test('a file is downloaded once, by whatever process or cache, until it is evicted', async (t) => {
  const directory = await emptyFolder(t);
  const file = source('text');
  for (let time = 0; time < 3; time++) {
    const copy = await openFileCache({ directory, bytes: 100 }).cached('key', 4, file.download);
    assert.equal(await readFile(copy.localPath, 'utf8'), 'text');
    await copy.release();
  }
  assert.equal(file.downloads, 1);
  assert.equal(await pinsIn(directory), 0);
});

test('calls for one file at the same time share one download, and it stays until the last releases it', async (t) => {
  const directory = await emptyFolder(t);
  const cache = openFileCache({ directory, bytes: 0 });
  const file = source('text');
  const copies = await Promise.all(Array.from({ length: 5 }, () => cache.cached('key', 4, file.download)));
  assert.equal(file.downloads, 1);
  for (const { localPath, release } of copies) {
    assert.equal(await readFile(localPath, 'utf8'), 'text');
    await release();
    await release(); // twice is once
  }
  await assert.rejects(readFile(copies[0]!.localPath), { code: 'ENOENT' });
  assert.equal(await bytesIn(directory), 0);
});

test('a download that fails, or is too short, is handed to nobody and not kept', async (t) => {
  const directory = await emptyFolder(t);
  const cache = openFileCache({ directory, bytes: 100 });
  const fails = async (toPath: string) => {
    await writeFile(toPath, 'te');
    throw new Error('broken off');
  };
  const both = await Promise.allSettled([cache.cached('key', 4, fails), cache.cached('key', 4, fails)]);
  assert.deepEqual(
    both.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  await assert.rejects(cache.cached('key', 4, source('tex').download), /3 bytes instead of 4/);
  assert.deepEqual([await bytesIn(directory), await pinsIn(directory)], [0, 0]);
  const copy = await cache.cached('key', 4, source('text').download);
  assert.equal(await readFile(copy.localPath, 'utf8'), 'text');
});

test('a copy that a crash left too short is downloaded anew', async (t) => {
  const directory = await emptyFolder(t);
  const cache = openFileCache({ directory, bytes: 100 });
  await (await cache.cached('key', 4, source('text').download)).release();
  const [name] = await readdir(join(directory, 'files'));
  await writeFile(join(directory, 'files', name!), 'te');
  const copy = await cache.cached('key', 4, source('text').download);
  assert.equal(await readFile(copy.localPath, 'utf8'), 'text');
});

test('the file that was not used for longest goes first', async (t) => {
  const directory = await emptyFolder(t);
  const cache = openFileCache({ directory, bytes: 40 });
  const files = new Map(['a', 'b', 'c'].map((key) => [key, source('0123456789')]));
  const use = async (key: string) => (await cache.cached(key, 10, files.get(key)!.download)).release();
  for (const [age, key] of [...files.keys()].entries()) {
    await use(key);
    const names = await readdir(join(directory, 'files'));
    for (const name of names) {
      const path = join(directory, 'files', name);
      if ((await stat(path)).mtimeMs > 1e11) await utimes(path, age + 1, age + 1);
    }
  }
  await use('a');
  await (await cache.cached('d', 20, source('0123456789'.repeat(2)).download)).release();
  for (const key of ['a', 'c', 'b']) await use(key);
  assert.deepEqual(
    [...files.values()].map(({ downloads }) => downloads),
    [1, 2, 1],
  );
});

test('what is in use survives any eviction, by this process or another; what is not stays within the bound', async (t) => {
  const directory = await emptyFolder(t);
  const bytes = 50;
  const step = fc.record({ key: fc.nat(9), cache: fc.nat(1), keep: fc.boolean() });
  const property = fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
    const caches = [openFileCache({ directory, bytes }), openFileCache({ directory, bytes })];
    const kept: { copy: LocalFile; text: string }[] = [];
    for (const { key, cache, keep } of steps) {
      const text = String(key).repeat(key * 3 + 1);
      const copy = await caches[cache]!.cached(`key ${key}`, text.length, source(text).download);
      kept.push({ copy, text });
      if (!keep) await kept.pop()!.copy.release();
      for (const { copy: held, text: expected } of kept) {
        assert.equal(await readFile(held.localPath, 'utf8'), expected);
      }
    }
    for (const { copy } of kept) await copy.release();
    // Each cache knows its own files at once, and those of the other one when it looks.
    for (const cache of caches) await (await cache.cached('last', 1, source('x').download)).release();
    assert.ok((await bytesIn(directory)) <= bytes + 1 + bytes / 16);
    assert.equal(await pinsIn(directory), 0);
  });
  await fc.assert(property, { numRuns: 30 });
});

test('a cache that somebody deletes is made again; what was handed out before is gone with it', async (t) => {
  const directory = await emptyFolder(t);
  const cache = openFileCache({ directory, bytes: 100 });
  const file = source('text');
  const before = await cache.cached('key', 4, file.download);
  await rm(directory, { recursive: true });
  await before.release();
  const other = await cache.cached('other', 4, file.download);
  assert.equal(await readFile(other.localPath, 'utf8'), 'text');
  await other.release();
  assert.equal(await bytesIn(directory), 4);
});

test('folders of the cache are for the user alone', async (t) => {
  const directory = join(await emptyFolder(t), 'new');
  await (await openFileCache({ directory, bytes: 9 }).cached('key', 1, source('x').download)).release();
  for (const folder of ['', 'files', 'pins']) {
    assert.equal((await stat(join(directory, folder))).mode & 0o777, 0o700, folder);
  }
});

test('folder and bound are those of the environment; a bound that is no number is refused', () => {
  assert.deepEqual(cacheOptions({ XDG_CACHE_HOME: '/c' }), {
    directory: join('/c', 'throughline-delta'),
    bytes: 4 * 1024 ** 3,
  });
  const env = { THROUGHLINE_DELTA_CACHE: '/d', THROUGHLINE_DELTA_CACHE_BYTES: '1000' };
  assert.deepEqual(cacheOptions(env), { directory: '/d', bytes: 1000 });
  assert.throws(() => cacheOptions({ THROUGHLINE_DELTA_CACHE_BYTES: '4 GB' }), { code: 'INVALID_OPTION' });
});

test('a disk without hard links costs downloads, not correctness', async (t) => {
  const directory = await emptyFolder(t);
  await mkdir(join(directory, 'files'), { recursive: true });
  const noLinks = async () => {
    throw Object.assign(new Error('no links here'), { code: 'EPERM' });
  };
  const cache = openFileCache({ directory, bytes: 100 }, noLinks);
  const file = source('text');
  for (let time = 0; time < 2; time++) {
    const copy = await cache.cached('key', 4, file.download);
    assert.equal(await readFile(copy.localPath, 'utf8'), 'text');
    await copy.release();
  }
  assert.equal(file.downloads, 2);
});
