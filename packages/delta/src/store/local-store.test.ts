import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { emptyFolder } from '../../test/table.ts';
import { FileExistsError, UnsupportedStoreError } from '../errors.ts';
import { localStore } from './local-store.ts';
import { openStore } from './store.ts';

test('of many writers of one name exactly one wins, and its text stays', async (t) => {
  const store = localStore(await emptyFolder(t));
  const won = await Promise.all(
    Array.from({ length: 20 }, (_, i) => store.putIfAbsent('log/1.json', `text ${i}`)),
  );
  assert.equal(won.filter(Boolean).length, 1);
  assert.equal(await store.read('log/1.json'), `text ${won.indexOf(true)}`);
});

test('no temporary file stays, whether the race is won or lost', async (t) => {
  const root = await emptyFolder(t);
  const store = localStore(root);
  await store.putIfAbsent('log/1', 'a');
  await store.putIfAbsent('log/1', 'b');
  await store.replace('log/2', 'c');
  await store.replace('log/2', 'd');
  assert.deepEqual(await readdir(join(root, 'log')), ['1', '2']);
  assert.equal(await store.read('log/2'), 'd');
});

test('what is not there reads as undefined and lists as nothing', async (t) => {
  const store = localStore(join(await emptyFolder(t), 'nothing'));
  assert.equal(await store.read('a/b'), undefined);
  assert.equal(await store.modified('a/b'), undefined);
  assert.deepEqual(await store.list('a'), []);
});

test('names are listed in order, from the name that is asked for', async (t) => {
  const root = await emptyFolder(t);
  for (const name of ['b', 'c', 'a', 'B']) await writeFile(join(root, name), '');
  assert.deepEqual(await localStore(root).list('', 'a'), ['a', 'b', 'c']);
});

test('a staged file is invisible until published, and never published over another', async (t) => {
  const store = localStore(await emptyFolder(t));
  for (const text of ['first', 'second']) {
    const staged = await store.stage('p=1/a.parquet');
    await writeFile(staged.localPath, text);
    if (text === 'first') {
      assert.equal(await store.read('p=1/a.parquet'), undefined);
      assert.equal((await staged.publish('new')).size, 5);
    } else await assert.rejects(staged.publish('new'), FileExistsError);
  }
  assert.equal(await store.read('p=1/a.parquet'), 'first');
  assert.deepEqual(await store.list('p=1'), ['a.parquet']);
});

test('a discarded file leaves nothing', async (t) => {
  const store = localStore(await emptyFolder(t));
  const staged = await store.stage('a');
  await writeFile(staged.localPath, 'x');
  await staged.discard();
  assert.deepEqual(await store.list(''), []);
});

test('a file system without hard links is refused by name, and nothing is left on it', async (t) => {
  const root = await emptyFolder(t);
  for (const code of ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']) {
    const store = localStore(root, async () => {
      throw Object.assign(new Error('no links here'), { code });
    });
    const refused = {
      name: 'UnsupportedStoreError',
      message: new RegExp(`without hard links \\(${code}\\)`),
    };
    await assert.rejects(store.putIfAbsent('log/1', 'a'), refused);
    const staged = await store.stage('log/2');
    await writeFile(staged.localPath, 'x');
    await assert.rejects(staged.publish('new'), refused);
    await staged.discard();
  }
  assert.deepEqual(await readdir(join(root, 'log')), []);
});

test('a folder that cannot be written is an error, not a lost race', async (t) => {
  const root = await emptyFolder(t);
  await writeFile(join(root, 'log'), 'a file where the folder should be');
  await assert.rejects(localStore(root).putIfAbsent('log/1', 'a'), { code: 'EEXIST' });
});

test('a root may be a file URL; or of S3; another scheme is refused by name', async (t) => {
  const root = await emptyFolder(t);
  assert.equal(openStore(pathToFileURL(root).href).root, root);
  assert.equal(openStore('s3a://bucket/table/').root, 's3://bucket/table');
  assert.throws(() => openStore('ftp://host/table'), UnsupportedStoreError);
});

test('a folder is removed with all that is in it, and with nothing beside it', async (t) => {
  const root = await emptyFolder(t);
  const store = localStore(root);
  for (const path of ['a/1', 'a/b/2', 'ab', 'c/a/3']) await store.replace(path, path);
  await store.removeFolder('a');
  await store.removeFolder('nothing');
  assert.deepEqual(await readdir(root), ['ab', 'c']);
  assert.equal(await store.read('c/a/3'), 'c/a/3');
});
