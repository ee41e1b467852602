import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import test from 'node:test';
import { fakeS3 } from '../../test/fake-s3.ts';
import { FileExistsError, StoreError } from '../errors.ts';
import { s3Store } from './s3-store.ts';

const PATH = '/bucket/table/a.parquet';

async function publishNew(): Promise<number> {
  const staged = await s3Store('s3://bucket/table').stage('a.parquet');
  try {
    await writeFile(staged.localPath, 'mine');
    return (await staged.publish('new')).size;
  } finally {
    await staged.discard();
  }
}

test('an upload whose answer got lost knows its own object by the mark that it left', async (t) => {
  let puts = 0;
  await fakeS3(t, ({ method, path }, put) => {
    if (method !== 'PUT' || path !== PATH || puts++ > 0) return undefined;
    put();
    return { status: 0 };
  });
  assert.equal(await publishNew(), 4);
  assert.equal(puts, 2, 'it was sent again');
});

test("another's object of the same bytes is not taken for the own one", async (t) => {
  const objects = await fakeS3(t, () => undefined);
  objects.set(PATH, Buffer.from('mine'));
  await assert.rejects(publishNew(), FileExistsError);
});

test('a server that keeps less than was sent is found out before anybody commits the file', async (t) => {
  const objects = await fakeS3(t, ({ method, path }, put) => {
    if (method !== 'PUT' || path !== PATH) return undefined;
    put();
    objects.set(PATH, Buffer.from('mi'));
    return { status: 200 };
  });
  await assert.rejects(publishNew(), (error) => {
    assert.ok(error instanceof StoreError);
    assert.match(error.message, /has 2 bytes after an upload of 4 bytes/);
    return true;
  });
});

test('when parts of a large upload fail, the others are not even sent, and the file is not there', async (t) => {
  const seen: string[] = [];
  const objects = await fakeS3(t, ({ method, query }) => {
    if (!query.includes('upload')) return undefined;
    const [, part] = /partNumber=(\d+)/.exec(query) ?? [];
    seen.push(part === undefined ? method : `part ${part}`);
    if (method === 'POST') return { status: 200, body: Buffer.from(UPLOAD) };
    return part === undefined ? undefined : { status: 403, code: 'AccessDenied' };
  });
  const staged = await s3Store('s3://bucket/table').stage('a.parquet');
  await writeFile(staged.localPath, Buffer.alloc(100 * 1024 * 1024));
  await assert.rejects(
    staged.publish('new'),
    (error) => error instanceof StoreError && error.reason === 'access-denied',
  );
  await staged.discard();
  assert.equal(seen[0], 'POST', 'the upload was begun');
  assert.equal(seen.at(-1), 'DELETE', 'and aborted at last');
  assert.equal(seen.filter((step) => step === 'POST').length, 1, 'it was not completed');
  assert.ok(seen.length <= 1 + 4 + 1, `${seen}: nobody goes on with the other parts`);
  assert.equal(objects.has(PATH), false);
});

const UPLOAD =
  '<?xml version="1.0"?><InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>';
