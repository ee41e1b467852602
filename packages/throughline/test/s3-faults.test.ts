/** A lake in S3 whose server fails, refuses, or is not there. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { openStore } from '@throughline/delta/store';
import { nightly } from '../../../engines/nightly.ts';
import type { LakeStatus } from '../src/run/status.ts';
import { run as runIn } from './cli.ts';
import { complaints, toCsv } from './complaints.ts';
import { random } from './kill.ts';
import { project } from './project.ts';
import { emptyLake, s3ForTests } from './s3.ts';
import { type Fault, s3Proxy } from './s3-proxy.ts';
import { assertConsistent, assertSameLake } from './same-lake.ts';

const { skip, endpoint } = await s3ForTests();

const DATA = toCsv([
  ...complaints(150),
  ...complaints(5).map((row, i) => ({ ...row, complaint_id: `dead-${i}`, narrative: ' ' })),
]);
const CONFIG = { chunk: { by: 'date_received', every: '6M' } };
const FAULTS: Fault[] = [
  { kind: 'answer', status: 500, code: 'InternalError' },
  { kind: 'answer', status: 503, code: 'SlowDown' },
  { kind: 'reset before' },
  { kind: 'reset after' },
  { kind: 'reset after' },
  { kind: 'late', ms: 300 },
];
const FAULT_SHARE = 0.05;
const MOST_RUNS = 5;

test('where one request of 20 fails, the run ends with 0, or with 75 and then 0, and the tables are right', {
  skip: skip || nightly,
}, async (t) => {
  const seed = Number(process.env.THROUGHLINE_SEED ?? 20_240_101);
  const next = random(seed);
  const proxy = await s3Proxy(t, endpoint, () =>
    next() < FAULT_SHARE ? FAULTS[Math.floor(next() * FAULTS.length)] : undefined,
  );
  const local = await project(t, DATA, CONFIG);
  assert.equal((await local.run('run', '--json')).code, 0);
  const remote = await project(t, DATA, { ...CONFIG, lake: emptyLake() });
  const codes: number[] = [];
  while (codes.at(-1) !== 0 && codes.length < MOST_RUNS) {
    const { code, stderr } = await runIn(['run', '--json'], {
      cwd: remote.folder,
      env: { AWS_ENDPOINT_URL: proxy.url },
    });
    assert.ok(code === 0 || code === 75, `ended with ${code}: ${stderr}`);
    codes.push(code);
  }
  t.diagnostic(
    `seed ${seed}: ${proxy.requests} requests, ${JSON.stringify(proxy.faults)}, ended with ${codes}`,
  );
  assert.equal(codes.at(-1), 0);
  assert.ok(proxy.faults['reset after']! > 0, 'answers got lost');
  await assertConsistent(remote);
  await assertSameLake(remote, local);
});

test('a lake in S3 is searched again and again with one copy of its index', { skip }, async (t) => {
  const proxy = await s3Proxy(t, endpoint, () => undefined);
  const made = await project(t, toCsv(complaints(20)), { lake: emptyLake() });
  assert.equal((await made.run('run')).code, 0);
  for (let search = 0; search < 3; search++) {
    const before = proxy.requests;
    const { code, stderr } = await runIn(['search', 'debt'], {
      cwd: made.folder,
      env: { AWS_ENDPOINT_URL: proxy.url },
    });
    assert.equal(code, 0, stderr);
    // pipeline.json, current.json, the manifest, and whether streams have committed since
    assert.equal(proxy.requests - before, 4);
  }
});

test('a server that refuses writes: 77, nothing has changed, and everything can be read', {
  skip: skip || nightly,
}, async (t) => {
  const proxy = await s3Proxy(t, endpoint, ({ method }) =>
    method === 'GET' || method === 'HEAD' ? undefined : { kind: 'answer', status: 403, code: 'AccessDenied' },
  );
  const made = await project(t, DATA, { ...CONFIG, lake: emptyLake() });
  const readOnly = { cwd: made.folder, env: { AWS_ENDPOINT_URL: proxy.url } };
  const first = await runIn(['run', '--json'], readOnly);
  assert.equal(first.code, 77, first.stderr);
  assert.match(first.stderr, /s3:PutObject/);
  assert.deepEqual(await filesOf(made.lake), []);

  assert.equal((await made.run('run')).code, 0);
  const before = await filesOf(made.lake);
  for (const command of [
    ['status'],
    ['dlq'],
    ['runs'],
    ['plan'],
    ['themes'],
    ['search', 'debt'],
    ['lake', 'history'],
  ]) {
    const { code, stderr } = await runIn(command, readOnly);
    assert.equal(code, 0, `${command.join(' ')}: ${stderr}`);
  }
  await made.write('data.csv', toCsv(complaints(160)));
  const { code, stderr } = await runIn(['run', '--json'], readOnly);
  assert.equal(code, 77, stderr);
  assert.doesNotMatch(stderr, /fault of throughline/);
  assert.deepEqual(await filesOf(made.lake), before);
});

async function filesOf(lake: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { path, size, modificationTime } of openStore(lake).walk(''))
    files.push(`${path} ${size} ${modificationTime}`);
  return files;
}

const NOWHERE: {
  what: string;
  lake?: string;
  env: Record<string, string>;
  run: number;
  read: number;
  says: RegExp;
}[] = [
  {
    what: 'no bucket',
    lake: 's3://no-such-bucket/lake',
    env: {},
    run: 73,
    read: 66,
    says: /no bucket no-such-bucket/,
  },
  {
    what: 'no credentials',
    env: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
    ...{ run: 77, read: 77, says: /AWS_ACCESS_KEY_ID/ },
  },
  {
    what: 'no server',
    env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
    run: 75,
    read: 75,
    says: /cannot be reached/,
  },
];

for (const { what, lake = emptyLake(), env, says, ...codes } of NOWHERE) {
  test(`${what}: the exit code and the message say so, with what to do`, { skip }, async (t) => {
    const { folder } = await project(t, toCsv(complaints(5)), { lake });
    for (const [command, code] of [
      ['run', codes.run],
      ['plan', codes.read],
      ['status', codes.read],
      ['search debt', codes.read],
    ] as const) {
      const ran = await runIn<LakeStatus>([...command.split(' '), '--json'], { cwd: folder, env });
      assert.equal(ran.code, code, `${command}: ${ran.stderr}`);
      assert.match(ran.json.error.message, says);
      assert.ok(ran.json.error.hint, 'there is a hint');
    }
  });
}
