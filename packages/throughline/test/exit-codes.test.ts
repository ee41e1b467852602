/** Every exit code as a scheduler sees it: by real processes, one test each. */
import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { startFakeApi } from '../../../fake-api/server.ts';
import { run } from './cli.ts';
import { complaints, toCsv } from './complaints.ts';
import { NOBODY, skipAsOtherUser } from './other-user.ts';
import { type ConfigChange, project } from './project.ts';

const ROWS = complaints(20);
const DATA = toCsv(ROWS);
const EMPTY = toCsv(ROWS.map((row) => ({ ...row, narrative: ' ' })));
const MAP = ['run', '--only', 'map', '--json'];

interface Case {
  data?: string;
  config?: ConfigChange;
  args?: string[];
  env?: Record<string, string>;
}

/** The exit code of one command, and what it said. */
async function exit(t: TestContext, { data = DATA, config = {}, args = MAP, env = {} }: Case) {
  const { folder } = await project(t, data, config);
  const { code, stderr } = await run(args, { cwd: folder, env });
  return { code, stderr };
}

const api = (url: string, more: object = {}) => {
  const requests = { retries: 1, wait: '20ms', timeout: '1s' };
  const embed = { model: 'openai:fake-embedding', url, dimension: 64, requests, ...more };
  return { embed, retry: { attempts: 1 } };
};

test('0: done', async (t) => {
  assert.equal((await exit(t, {})).code, 0);
});

test('64: wrong use of a command', async (t) => {
  assert.equal((await exit(t, { args: ['run', '--from', 'yesterday'] })).code, 64);
  assert.equal((await exit(t, { args: ['runn'] })).code, 64);
});

test('65: bad data', async (t) => {
  assert.equal((await exit(t, { data: EMPTY })).code, 65);
  const half = toCsv([
    ...ROWS,
    ...ROWS.map((row) => ({ ...row, complaint_id: `e${row.complaint_id}`, narrative: '' })),
  ]);
  const acceptance = { deadLetterRate: { max: 0.4 } };
  const { code, stderr } = await exit(t, { data: half, config: { acceptance } });
  assert.equal(code, 65);
  assert.match(stderr, /not promoted: deadLetterRate: 20 of 40 rows/);
});

test('66: no input', async (t) => {
  assert.equal((await exit(t, { config: { source: { path: 'nothing.csv' } } })).code, 66);
  assert.equal((await exit(t, { args: ['search', 'x'] })).code, 66);
});

test('69: a service is not to be had after all tries', async (t) => {
  const gone = await startFakeApi();
  await gone.stop();
  const { code, stderr } = await exit(t, { config: api(gone.url) });
  assert.equal(code, 69, stderr);
  assert.match(stderr, /after 2 tries/);
});

test('70: a fault of throughline itself', async (t) => {
  // Stands in for a bug: a part of the language that fails where it never does.
  const bug = 'Intl.Segmenter.prototype.segment = () => { throw new TypeError("a bug"); };';
  const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(bug)}` };
  const { code, stderr } = await exit(t, { data: toCsv(longer(ROWS)), env });
  assert.equal(code, 70, stderr);
  assert.match(stderr, /a bug/);
});

function longer(rows: typeof ROWS): typeof ROWS {
  return rows.map((row) => ({ ...row, narrative: `${row.narrative} `.repeat(20) }));
}

test('73: cannot write', async (t) => {
  const { folder, write } = await project(t, DATA);
  await write('lake', 'a file');
  const { code, stderr } = await run(MAP, { cwd: folder });
  assert.equal(code, 73, stderr);
});

test('75: try again: a limit of requests, a budget', async (t) => {
  const busy = await startFakeApi({ requestsPerMinute: 1, burstSeconds: 0, retryAfter: 'none' });
  t.after(() => busy.stop());
  const limited = await exit(t, { config: api(busy.url, { batch: 4, requests: { deadline: '3s' } }) });
  assert.equal(limited.code, 75, limited.stderr);
  const served = await startFakeApi();
  t.after(() => served.stop());
  const poor = await exit(t, { config: api(served.url, { budget: { tokens: 10 } }) });
  assert.equal(poor.code, 75, poor.stderr);
});

test('77: no permission', { skip: skipAsOtherUser() }, async (t) => {
  const { folder } = await project(t, DATA);
  await chmod(join(folder, 'data.csv'), 0o600);
  const { code, stderr } = await run(MAP, { cwd: folder, uid: NOBODY });
  assert.equal(code, 77, stderr);
});

test('77: a key that is refused', async (t) => {
  const closed = await startFakeApi({ key: 'secret' });
  t.after(() => closed.stop());
  assert.equal((await exit(t, { config: api(closed.url) })).code, 77);
});

test('78: the config is wrong', async (t) => {
  assert.equal((await exit(t, { config: { source: { filter: 'prodct == "x"' } } })).code, 78);
  const served = await startFakeApi();
  t.after(() => served.stop());
  const { code, stderr } = await exit(t, { config: api(served.url, { model: 'openai:no-such-model' }) });
  assert.equal(code, 78, stderr);
});

test('99: nothing to do, for schedulers that ask', async (t) => {
  const { folder } = await project(t, DATA);
  assert.equal((await run([...MAP, '--skip-code'], { cwd: folder })).code, 0);
  assert.equal((await run([...MAP, '--skip-code'], { cwd: folder })).code, 99);
  assert.equal((await run(MAP, { cwd: folder })).code, 0);
});
