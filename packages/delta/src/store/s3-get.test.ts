import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { fakeS3 } from '../../test/fake-s3.ts';
import { StoreError } from '../errors.ts';
import { s3Store } from './s3-store.ts';

const PATH = '/bucket/t/a';
const BYTES = Buffer.alloc(100_000, 'x');

test('a download that breaks off is begun again; nobody gets half a file', async (t) => {
  let gets = 0;
  const objects = await fakeS3(t, ({ method }) =>
    method === 'GET' && gets++ < 2 ? { status: 200, body: BYTES, breakAfter: 60_000 } : undefined,
  );
  objects.set(PATH, BYTES);
  const file = await s3Store('s3://bucket/t').fetch('a');
  assert.ok(BYTES.equals(await readFile(file.localPath)));
  assert.equal(gets, 3);
  await file.release();
});

test('a file that only ever breaks off is an error, read or fetched', async (t) => {
  const objects = await fakeS3(t, ({ method }) =>
    method === 'GET' ? { status: 200, body: BYTES, breakAfter: 60_000 } : undefined,
  );
  objects.set(PATH, BYTES);
  const store = s3Store('s3://bucket/t');
  const isUnreachable = (error: unknown) => error instanceof StoreError && error.reason === 'unreachable';
  await assert.rejects(store.fetch('a'), isUnreachable);
  await assert.rejects(store.read('a'), isUnreachable);
});

test('a server that never begins to answer is asked as often as the SDK asks, and not again', async (t) => {
  let gets = 0;
  await fakeS3(t, ({ method }) => {
    if (method === 'GET') gets++;
    return { status: 0 };
  });
  await assert.rejects(s3Store('s3://bucket/t').read('a'), StoreError);
  assert.equal(gets, 3);
});
