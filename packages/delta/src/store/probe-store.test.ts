import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { fakeS3 } from '../../test/fake-s3.ts';
import { emptyFolder } from '../../test/table.ts';
import { probeStore } from './probe-store.ts';

test('a local disk is fit for tables, and stays as it was, whether the folder is there or not', async (t) => {
  const folder = await emptyFolder(t);
  await mkdir(join(folder, 'there'));
  await writeFile(join(folder, 'there', 'file'), '');
  for (const root of [join(folder, 'there'), join(folder, 'new', 'deep', 'table')]) {
    assert.deepEqual(await probeStore(root), { ok: true });
  }
  assert.deepEqual(await readdir(folder, { recursive: true }), ['there', join('there', 'file')]);
});

test('a place where nothing can be written says why', async (t) => {
  const folder = await emptyFolder(t);
  await writeFile(join(folder, 'file'), '');
  const probed = await probeStore(join(folder, 'file', 'table'));
  assert.ok(!probed.ok && probed.reason.includes(join(folder, 'file')), JSON.stringify(probed));
  const unknown = await probeStore('ftp://host/table');
  assert.ok(!unknown.ok && unknown.reason.startsWith('No store for ftp'));
});

test('a bucket whose server ignores conditions is not fit, and nothing stays there', async (t) => {
  const objects = await fakeS3(t, ({ method }, put) => {
    if (method !== 'PUT') return undefined;
    put();
    return { status: 200 };
  });
  const probed = await probeStore('s3://bucket/table');
  assert.ok(!probed.ok && /does not refuse a second put/.test(probed.reason), JSON.stringify(probed));
  assert.equal(objects.size, 0);
});

test('a bucket that may not be listed is not fit, and nothing stays there', async (t) => {
  const objects = await fakeS3(t, ({ method, query }) =>
    method === 'GET' && query.includes('list-type') ? { status: 403, code: 'AccessDenied' } : undefined,
  );
  const probed = await probeStore('s3://bucket/table');
  assert.ok(!probed.ok && /access was denied.*s3:ListBucket/.test(probed.reason), JSON.stringify(probed));
  assert.equal(objects.size, 0);
});
