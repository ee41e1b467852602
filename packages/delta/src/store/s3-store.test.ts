import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import test from 'node:test';
import fc from 'fast-check';
import { collect } from '../../test/files.ts';
import { emptyPrefix, s3ForTests } from '../../test/s3.ts';
import { FileExistsError, FileNotFoundError } from '../errors.ts';
import { s3Connection } from './s3-client.ts';
import { s3Store } from './s3-store.ts';
import type { Store } from './store.ts';

const server = await s3ForTests();
const { skip } = server;

test('of many writers of one name exactly one wins, and its text stays', { skip }, async () => {
  const store = s3Store(emptyPrefix());
  const texts = Array.from({ length: 20 }, (_, i) => `text ${i}`);
  const won = await Promise.all(texts.map((text) => store.putIfAbsent('log/1.json', text)));
  assert.equal(won.filter(Boolean).length, 1);
  assert.equal(await store.read('log/1.json'), `text ${won.indexOf(true)}`);
  assert.deepEqual(await store.list(''), ['log'], 'nothing stays of the probe');
});

test('what is not there reads as undefined, lists as nothing, and can be removed', { skip }, async () => {
  const store = s3Store(emptyPrefix());
  assert.equal(await store.read('a/b'), undefined);
  assert.equal(await store.modified('a/b'), undefined);
  assert.deepEqual(await store.list('a'), []);
  assert.deepEqual(await collect(store.walk('a')), []);
  await store.remove('a/b');
});

test('a file is replaced, has the time of the server, and is gone when removed', { skip }, async () => {
  const store = s3Store(emptyPrefix());
  await store.replace('a', 'one');
  await store.replace('a', 'zwölf 😀');
  assert.equal(await store.read('a'), 'zwölf 😀');
  const [file] = await collect(store.walk(''));
  const { etag, ...rest } = file!;
  assert.deepEqual(rest, { path: 'a', size: 11, modificationTime: await store.modified('a') });
  assert.match(etag!, /^".+"$/);
  await store.remove('a');
  assert.equal(await store.read('a'), undefined);
});

const name = fc.string({
  unit: fc.constantFrom(...'aB0._%+ =:~!\'()*,;&$@#?"<>[]{}|\\^`ü😀\ufffd'),
  minLength: 1,
  maxLength: 8,
});
const plainName = name.filter((text) => text !== '.' && text !== '..');

test('names of any characters survive, and are listed from any name in the order of code units', {
  skip,
}, async () => {
  const properties = fc.asyncProperty(
    fc.uniqueArray(plainName, { maxLength: 8 }),
    name,
    async (names, from) => {
      const store = s3Store(`${emptyPrefix()}/with %20 and ü`);
      for (const one of names) await store.replace(`p=%2F 😀/${one}`, one);
      assert.deepEqual(await store.list('p=%2F 😀'), [...names].sort());
      assert.deepEqual(await store.list('p=%2F 😀', from), names.filter((one) => one >= from).sort());
      assert.deepEqual(await store.list(''), names.length === 0 ? [] : ['p=%2F 😀']);
      for (const one of names) assert.equal(await store.read(`p=%2F 😀/${one}`), one);
      const walked = (await collect(store.walk(''))).map(({ path }) => path);
      assert.deepEqual(walked.sort(), names.map((one) => `p=%2F 😀/${one}`).sort());
    },
  );
  await fc.assert(properties, { numRuns: 25 });
});

test('a list begins at the very name that is asked for, and holds the folders', { skip }, async () => {
  const store = s3Store(emptyPrefix());
  for (const path of ['f/1', 'f/10', 'f/2', 'f/3/x', 'f/3/y', 'f2', 'g']) await store.replace(path, '');
  assert.deepEqual(await store.list('f', '10'), ['10', '2', '3']);
  assert.deepEqual(await store.list('f', '2'), ['2', '3']);
  assert.deepEqual(await store.list('', 'f'), ['f', 'f2', 'g']);
});

test('lists and walks longer than a page are whole', { skip }, async () => {
  const store = s3Store(emptyPrefix());
  const names = Array.from({ length: 1234 }, (_, index) => String(index).padStart(5, '0'));
  for (let start = 0; start < names.length; start += 50) {
    await Promise.all(names.slice(start, start + 50).map((one) => store.replace(`log/${one}`, '')));
  }
  assert.deepEqual(await store.list('log'), names);
  assert.deepEqual(await store.list('log', '00100'), names.slice(100));
  assert.equal((await collect(store.walk(''))).length, names.length);
});

const MIB = 1024 * 1024;

for (const [size, parts] of [
  [0, 'nothing'],
  [8 * MIB, 'one piece'],
  [20 * MIB + 7, 'several parts'],
] as const) {
  test(`a staged file of ${parts} is invisible until published, whole then, and never over another`, {
    skip,
  }, async () => {
    const store = s3Store(emptyPrefix());
    const bytes = Buffer.alloc(size, 'some bytes that repeat ');
    await stageBytes(store, 'p=1/a.parquet', bytes, async (staged) => {
      assert.deepEqual(await collect(store.walk('')), []);
      const { size: published, modificationTime } = await staged.publish('new');
      assert.equal(published, size);
      assert.equal(modificationTime, await store.modified('p=1/a.parquet'));
      await assert.rejects(stat(staged.localPath), { code: 'ENOENT' });
    });
    await stageBytes(store, 'p=1/a.parquet', Buffer.alloc(size + 1), (staged) =>
      assert.rejects(staged.publish('new'), FileExistsError),
    );
    const file = await store.fetch('p=1/a.parquet');
    assert.ok(bytes.equals(await readFile(file.localPath)));
    await file.release();
    await stageBytes(store, 'p=1/a.parquet', Buffer.alloc(size + 1), (staged) => staged.publish('replace'));
    assert.equal((await collect(store.walk('')))[0]?.size, size + 1);
    assert.deepEqual(await openUploads(), []);
  });
}

async function stageBytes(
  store: Store,
  path: string,
  bytes: Buffer,
  use: (staged: Awaited<ReturnType<Store['stage']>>) => Promise<unknown>,
): Promise<void> {
  const staged = await store.stage(path);
  await writeFile(staged.localPath, bytes);
  await use(staged);
  await staged.discard();
  await assert.rejects(stat(staged.localPath), { code: 'ENOENT' });
}

async function openUploads(): Promise<unknown[]> {
  const { s3 } = await s3Connection();
  return (await s3.listMultipartUploads({ Bucket: 'tables' })).Uploads ?? [];
}

test('a file that was replaced under its name is fetched anew; one that is gone is an error', {
  skip,
}, async () => {
  const store = s3Store(emptyPrefix());
  for (const text of ['old', 'new']) {
    await store.replace('a', text);
    const file = await store.fetch('a');
    assert.equal(await readFile(file.localPath, 'utf8'), text);
    await file.release();
  }
  await store.remove('a');
  await assert.rejects(store.fetch('a'), FileNotFoundError);
});

test('a folder is removed with all that is in it, and with nothing beside it', { skip }, async () => {
  const store = s3Store(emptyPrefix());
  for (const path of ['a/1', 'a/b/2', 'ab', 'c/a/3']) await store.replace(path, path);
  await store.removeFolder('a');
  await store.removeFolder('nothing');
  const left = (await collect(store.walk(''))).map(({ path }) => path);
  assert.deepEqual(left.sort(), ['ab', 'c/a/3']);
});

test('a bucket itself can be the root', { skip }, async () => {
  if (!server.ok) return;
  await server.createBucket('whole-bucket');
  const store = s3Store('s3://whole-bucket/');
  assert.equal(store.root, 's3://whole-bucket');
  assert.equal(await store.putIfAbsent('_delta_log/0.json', 'x'), true);
  assert.deepEqual(await store.list(''), ['_delta_log']);
});
