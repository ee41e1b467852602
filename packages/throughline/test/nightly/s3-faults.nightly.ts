/** Two runs at once on a lake in S3, one request of ten failing, one of the runs killed: four rounds, then the end. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended, start } from '../cli.ts';
import { complaints, toCsv } from '../complaints.ts';
import { random } from '../kill.ts';
import { project } from '../project.ts';
import { emptyLake, s3ForTests } from '../s3.ts';
import { type Fault, s3Proxy } from '../s3-proxy.ts';
import { assertDone, assertSameLake } from '../same-lake.ts';

const { skip, endpoint } = await s3ForTests();

const DATA = toCsv(complaints(900));
const CONFIG = { chunk: { by: 'date_received', every: '3M' } };
const FAULTS: Fault[] = [
  { kind: 'answer', status: 500, code: 'InternalError' },
  { kind: 'answer', status: 503, code: 'SlowDown' },
  { kind: 'reset before' },
  { kind: 'reset after' },
  { kind: 'reset after' },
  { kind: 'late', ms: 500 },
];
const FAULT_SHARE = 0.1;
const ROUNDS = 4;
const MOST_RUNS = 20;

test('faults, kills and company at once leave the tables of one undisturbed local run', {
  skip,
}, async (t) => {
  const seed = Number(process.env.THROUGHLINE_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const next = random(seed);
  const proxy = await s3Proxy(t, endpoint, () =>
    next() < FAULT_SHARE ? FAULTS[Math.floor(next() * FAULTS.length)] : undefined,
  );
  const local = await project(t, DATA, CONFIG);
  assert.equal((await local.run('run', '--json')).code, 0);
  const remote = await project(t, DATA, { ...CONFIG, lake: emptyLake() });
  const begin = (...more: string[]) =>
    start(['run', '--json', ...more], { cwd: remote.folder, env: { AWS_ENDPOINT_URL: proxy.url } });
  const codes: (number | null)[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // The later rounds have something to do too.
    const force = round === 0 ? [] : ['--force'];
    const [killed, spared] = [begin(...force), begin(...force)];
    const both = Promise.all([ended(killed), ended(spared)]);
    await sleep(1_000 + next() * 6_000);
    killed.kill('SIGKILL');
    for (const { code, signal, stderr } of await both) {
      assert.ok(signal === 'SIGKILL' || code === 0 || code === 75, `ended with ${code}: ${stderr}`);
      codes.push(code);
    }
  }
  while (codes.at(-1) !== 0 && codes.length < MOST_RUNS) {
    const { code, stderr } = await ended(begin());
    assert.ok(code === 0 || code === 75, `ended with ${code}: ${stderr}`);
    codes.push(code);
  }
  t.diagnostic(
    `seed ${seed}: ${proxy.requests} requests, ${JSON.stringify(proxy.faults)}, ended with ${codes}`,
  );
  assert.equal(codes.at(-1), 0);
  await assertDone(remote);
  await assertSameLake(remote, local);
});
