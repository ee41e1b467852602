import assert from 'node:assert/strict';
import test from 'node:test';
import { fakeS3 } from '../../test/fake-s3.ts';
import { StoreError, UnsupportedStoreError } from '../errors.ts';
import { s3Store } from './s3-store.ts';

const ROOT = 's3://bucket/table';
const COMMIT = '/bucket/table/_delta_log/1.json';

test('a server that ignores the condition of a put is found out before the first commit, and refused', async (t) => {
  const objects = await fakeS3(t, ({ method }, put) => {
    if (method !== 'PUT') return undefined;
    put();
    return { status: 200 };
  });
  for (let time = 0; time < 2; time++) {
    const refused = s3Store(ROOT).putIfAbsent('_delta_log/1.json', 'text');
    await assert.rejects(refused, (error: Error) => {
      assert.ok(error instanceof UnsupportedStoreError);
      assert.match(error.message, /s3:\/\/bucket at http.*does not refuse a second put.*Use a store with/);
      return true;
    });
  }
  assert.deepEqual([...objects.keys()], [], 'no commit was made, and nothing stays of the probe');
});

for (const status of [501, 400]) {
  test(`a server that answers ${status} to a conditional put is refused by name`, async (t) => {
    const objects = await fakeS3(t, ({ isConditional }) =>
      isConditional ? { status, code: status === 501 ? 'NotImplemented' : 'InvalidRequest' } : undefined,
    );
    await assert.rejects(s3Store(ROOT).putIfAbsent('_delta_log/1.json', 'text'), UnsupportedStoreError);
    assert.equal(objects.size, 0);
  });
}

test('the server is probed once for a bucket, not at every commit', async (t) => {
  const puts: string[] = [];
  await fakeS3(t, ({ method, path }) => {
    if (method === 'PUT') puts.push(path);
    return undefined;
  });
  for (let version = 0; version < 3; version++) await s3Store(ROOT).putIfAbsent(`_delta_log/${version}`, 'x');
  const commits = puts.filter((path) => path.startsWith('/bucket/table/_delta_log/'));
  assert.deepEqual([commits.length, puts.length - commits.length], [3, 2]);
});

test('a commit whose answer got lost is known by its bytes: made once, and acknowledged', async (t) => {
  let lost = 0;
  const objects = await fakeS3(t, ({ method, path }, put) => {
    if (method !== 'PUT' || path !== COMMIT || lost++ > 0) return undefined;
    put();
    return { status: 0 };
  });
  assert.equal(await s3Store(ROOT).putIfAbsent('_delta_log/1.json', 'mine'), true);
  assert.equal(lost, 2, 'the put was sent again');
  assert.equal(objects.get(COMMIT)?.toString(), 'mine');
});

test("a commit that another's took the place of is lost, also when the answer to it was", async (t) => {
  let lost = 0;
  const objects = await fakeS3(t, ({ method, path }) => {
    if (method !== 'PUT' || path !== COMMIT || lost++ > 0) return undefined;
    objects.set(COMMIT, Buffer.from('theirs'));
    return { status: 0 };
  });
  assert.equal(await s3Store(ROOT).putIfAbsent('_delta_log/1.json', 'mine'), false);
  assert.equal(objects.get(COMMIT)?.toString(), 'theirs');
});

test('a put that meets another one of its key is tried again until one of them has won', async (t) => {
  let conflicts = 0;
  await fakeS3(t, ({ method, path }) =>
    method === 'PUT' && path === COMMIT && conflicts++ < 3
      ? { status: 409, code: 'ConditionalRequestConflict' }
      : undefined,
  );
  assert.equal(await s3Store(ROOT).putIfAbsent('_delta_log/1.json', 'mine'), true);
  assert.equal(conflicts, 4);
});

test('a server that only ever answers with conflicts is an error in the end, not a lost race', async (t) => {
  await fakeS3(t, ({ method, path }) =>
    method === 'PUT' && path === COMMIT ? { status: 409, code: 'ConditionalRequestConflict' } : undefined,
  );
  const rejected = s3Store(ROOT).putIfAbsent('_delta_log/1.json', 'mine');
  await assert.rejects(rejected, (error) => error instanceof StoreError && error.reason === 'unavailable');
});
