import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import test from 'node:test';
import { inspect } from 'node:util';
import { fakeS3, SECRET } from '../../test/fake-s3.ts';
import { StoreError, type StoreFailure } from '../errors.ts';
import { s3Store } from './s3-store.ts';
import type { StagedFile } from './store.ts';

const TOKEN = 'the-session-token';
const REGION = { 'x-amz-bucket-region': 'eu-west-1' };
const CASES: [number, string, StoreFailure, RegExp, Record<string, string>?][] = [
  [403, 'AccessDenied', 'access-denied', /access was denied \(AccessDenied\).*s3:PutObject/],
  [404, 'NoSuchBucket', 'not-found', /there is no bucket bucket at http.*create it/],
  [301, 'PermanentRedirect', 'region', /another region; set AWS_REGION=eu-west-1/, REGION],
  [400, 'AuthorizationHeaderMalformed', 'region', /set AWS_REGION=eu-west-1/, REGION],
  [400, 'ExpiredToken', 'credentials', /refused \(ExpiredToken\); check or renew/],
  [403, 'InvalidAccessKeyId', 'credentials', /refused \(InvalidAccessKeyId\)/],
  [403, 'SignatureDoesNotMatch', 'credentials', /refused \(SignatureDoesNotMatch\)/],
  [400, 'InvalidRequest', 'failed', /answered 400 InvalidRequest: what S3 says/],
];

for (const [status, code, reason, message, headers = {}] of CASES) {
  test(`${status} ${code} says where, why and what to do, and shows no secret`, async (t) => {
    const more = `<Token-0>${TOKEN}</Token-0><CanonicalRequest>x-amz-security-token:${TOKEN}</CanonicalRequest>`;
    await fakeS3(t, () => ({ status, code, more, headers }));
    const store = s3Store('s3://bucket/some/table');
    const failing = [
      () => store.read('a b'),
      () => store.replace('a b', 'x'),
      () => store.stage('a b').then(publish),
    ];
    for (const call of failing) {
      await assert.rejects(call(), (error: Error) => {
        assert.ok(error instanceof StoreError, inspect(error));
        assert.equal(error.reason, reason);
        assert.match(error.message, message);
        assert.match(error.message, /^s3:\/\/bucket\/some\/table\/a b: /);
        const shown = inspect(error, { depth: 10 });
        assert.ok(!shown.includes(TOKEN) && !shown.includes(SECRET), shown);
        return true;
      });
    }
  });
}

async function publish(staged: StagedFile): Promise<void> {
  await writeFile(staged.localPath, 'x');
  try {
    await staged.publish('replace');
  } finally {
    await staged.discard();
  }
}

test('a server that is not there, and one that always fails, are told apart', async (t) => {
  await fakeS3(t, () => ({ status: 503, code: 'SlowDown' }));
  const failed = (reason: StoreFailure) => (error: unknown) =>
    error instanceof StoreError && error.reason === reason;
  await assert.rejects(s3Store('s3://bucket/t').read('a'), failed('unavailable'));
  process.env.AWS_ENDPOINT_URL = 'http://user:password@127.0.0.1:9';
  await assert.rejects(s3Store('s3://bucket/t').read('a'), (error: Error) => {
    assert.match(
      error.message,
      /http:\/\/127.0.0.1:9 cannot be reached \(ECONNREFUSED\); check AWS_ENDPOINT_URL/,
    );
    return failed('unreachable')(error);
  });
});

test('without credentials, or a region for Amazon, the error says what to set', async (t) => {
  await fakeS3(t, () => undefined);
  Object.assign(process.env, { AWS_EC2_METADATA_DISABLED: 'true' });
  delete process.env.AWS_SECRET_ACCESS_KEY;
  await assert.rejects(s3Store('s3://bucket/t').read('a'), /no credentials: set AWS_PROFILE/);
  delete process.env.AWS_ENDPOINT_URL;
  delete process.env.AWS_REGION;
  await assert.rejects(s3Store('s3://bucket/t').read('a'), /No region for S3: set AWS_REGION/);
});

test('a root without a bucket is refused', () => {
  assert.throws(() => s3Store('s3:///table'), { code: 'INVALID_PATH' });
});
