/** What fails for one chunk stays with that chunk: it is tried again, and the others go on. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { parseFaults } from '../../../fake-api/options.ts';
import { startFakeApi } from '../../../fake-api/server.ts';
import { ended, start } from './cli.ts';
import { type Complaint, complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';
import { assertDone } from './same-lake.ts';
import { assertAddsUp, readBuild } from './tables.ts';

const ROWS = complaints(60);
const QUICK = { timeout: '2s', retries: 0, wait: '20ms', breaker: { failures: 1000 } };
const CHUNK = { by: 'date_received', every: '1M' };

function apiConfig(url: string, more: object = {}) {
  const embed = { model: 'openai:fake-embedding', url, dimension: 8, requests: QUICK, batch: 4, ...more };
  return { chunk: CHUNK, embed, retry: { wait: '20ms', attempts: 5 } };
}

test('chunks whose requests fail are tried again until they are done, and nothing is lost, twice or wrong', async (t) => {
  const api = await startFakeApi({ dimension: 8, seed: 5, faults: parseFaults('502=0.25'), mostInBurst: 1 });
  t.after(() => api.stop());
  const made = await project(t, toCsv(ROWS), apiConfig(api.url));
  const done = await made.call('run', '--only', 'map', '--json');
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stderr, /chunks failed and are tried again/);
  await assertAddsUp(done, made.lake);
  await assertDone(made);
  const { passages } = await readBuild(made.lake);
  for (const { _text } of passages) assert.equal(api.paidFor(String(_text)), 1, 'no text was paid for twice');
});

test('a run against a server that is down ends with 69 and its reason, and the next one goes on', async (t) => {
  const api = await startFakeApi({ dimension: 8 });
  const { url } = api;
  const { call, run } = await project(t, toCsv(ROWS), {
    ...apiConfig(url),
    retry: { wait: '20ms', attempts: 2, inARow: 3 },
  });
  await api.stop();
  const down = await run('run', '--only', 'map', '--json');
  assert.equal(down.code, 69, down.stderr);
  assert.match(down.stderr, /ECONNREFUSED/);
  assert.equal((await call('search', 'x')).code, 66, 'an empty build is not promoted');
  const up = await startFakeApi({ dimension: 8, port: Number(new URL(url).port) });
  t.after(() => up.stop());
  const done = await call('run', '--only', 'map', '--json');
  assert.equal(done.code, 0, done.stderr);
});

test('a budget ends the run with 75; what was paid for is kept, and the next run goes on with a new one', async (t) => {
  const api = await startFakeApi({ dimension: 8 });
  t.after(() => api.stop());
  const made = await project(t, toCsv(ROWS), apiConfig(api.url, { budget: { requests: 5 } }));
  let runs = 0;
  for (let code: number | null = 75; code !== 0; runs++) {
    assert.ok(runs < 30, 'each run comes further');
    const { code: ended, stderr } = await made.call('run', '--only', 'map', '--json');
    assert.ok(ended === 0 || (ended === 75 && /the budget of 5 requests is used up/.test(stderr)), stderr);
    code = ended;
  }
  assert.ok(runs > 2);
  assert.deepEqual(Object.keys(api.stats().timesPaid), ['1'], 'no text was paid for twice');
  await assertDone(made);
});

test('rows that no attempt can process in one chunk fail that chunk alone, and keep what was published of it', async (t) => {
  const bad: Complaint = { ...ROWS[7]!, complaint_id: 'bad', state: 'boom' };
  const transform = [
    {
      sql: "SELECT * REPLACE (CASE WHEN state = 'boom' THEN error('no') ELSE state END AS state) FROM input",
    },
  ];
  const made = await project(t, toCsv(ROWS), { chunk: CHUNK, transform });
  const whole = await made.call('run', '--only', 'map', '--json');
  assert.equal(whole.code, 0, whole.stderr);

  await made.write('data.csv', toCsv([...ROWS, bad]));
  const one = await made.call('run', '--only', 'map', '--json');
  assert.equal(one.json.chunks.failed, 1, one.stderr);
  assert.equal(one.json.failures.length, 1);
  assert.equal(one.code, 65, 'no later run will mend it');
  assert.equal((await readBuild(made.lake)).records.length, ROWS.length);

  await made.write('data.csv', toCsv([...ROWS, { ...bad, state: 'TX' }]));
  const mended = await made.call('run', '--only', 'map', '--json');
  assert.equal(mended.code, 0, mended.stderr);
  assert.equal(mended.json.chunks.done, 1);
  assert.equal((await readBuild(made.lake)).records.length, ROWS.length + 1);
});

test('rows that a model refuses are dead letters with its reason, and do not hold up their chunk', async (t) => {
  const api = await startFakeApi({ dimension: 8 });
  t.after(() => api.stop());
  const marked = (mark: string, i: number) => ({ ...ROWS[i]!, narrative: `${ROWS[i]!.narrative} ${mark}` });
  const rows = ROWS.map((row, i) => {
    if (i % 20 === 3) return marked('[[refuse]]', i);
    if (i % 20 === 9) return marked('[[nan]]', i);
    return row;
  });
  const made = await project(t, toCsv(rows), apiConfig(api.url));
  const done = await made.call('run', '--only', 'map', '--json');
  assert.equal(done.code, 0, done.stderr);
  const { dead_letters } = await assertAddsUp(done, made.lake);
  const reasons = dead_letters.map(({ _id, _code }) => [_id, _code]).sort();
  const expected = [3, 23, 43].map((i) => [ROWS[i]!.complaint_id, 'http_400']);
  expected.push(...[9, 29, 49].map((i) => [ROWS[i]!.complaint_id, 'http_invalid']));
  assert.deepEqual(reasons, expected.sort());
});

test('a run that is interrupted while it waits to try again ends at once', async (t) => {
  const api = await startFakeApi({ dimension: 8, faults: parseFaults('500=1') });
  t.after(() => api.stop());
  const { folder } = await project(t, toCsv(ROWS), {
    ...apiConfig(api.url),
    retry: { wait: '10m', inARow: 1000 },
  });
  const child = start(['run', '--json'], { cwd: folder });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('are tried again')) child.kill('SIGINT');
  });
  const { code, stderr } = await ended(child);
  assert.equal(code, 75, stderr);
  assert.match(stderr, /interrupted/);
});
