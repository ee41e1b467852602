/** The doctor asks a real cluster, and says which part of it is not as a run needs it. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { nightly } from '../../../engines/nightly.ts';
import { sparkConnect } from '../../../engines/spark-connect.ts';
import type { CheckResult } from '../src/doctor/doctor.ts';
import { complaints, toCsv } from './complaints.ts';
import { PROGRAMS, writePrograms } from './mapper-programs.ts';
import { type Project, project } from './project.ts';

const server = nightly ? { ok: false as const, reason: nightly } : await sparkConnect();
after(async () => {
  if (server.ok) await server.stop();
});
const skip = server.ok ? false : server.reason;
const url = () => (server.ok ? server.url : '');

const DATA = toCsv(complaints(5));

/** What the doctor says of the cluster: its exit code, the findings by name, and which of them are good. */
async function examined({ call }: Project) {
  const { code, json, stderr } = await call<{ checks: CheckResult[] }>('doctor', '--json');
  assert.ok(json?.checks, stderr);
  const ofMachine = ['node', 'source', 'lake', 'model', 'search'];
  const found = json.checks.filter(({ check }) => !ofMachine.includes(check));
  return {
    code,
    by: Object.fromEntries(found.map((result) => [result.check, result])),
    states: Object.fromEntries(found.map(({ check, ok }) => [check, ok])),
  };
}

const GOOD = {
  ...{ config: true, spark: true, input: true, exchange: true, delta: true },
  ...{ transform: true, worker: true, memory: true },
};

test('where a run would find everything, all is well, and nothing stays behind', { skip }, async (t) => {
  const made = await project(t, DATA, { engine: { spark: url() } });
  const before = await readdir(made.folder);
  const { code, by, states } = await examined(made);
  assert.deepEqual([code, states], [0, GOOD]);
  assert.match(by.spark!.message, /^Spark 4\.\d+\.\d+ at 127\.0\.0\.1:\d+$/);
  assert.match(by.worker!.message, /^hash runs on the executors, 2 at once; the archive was sent in \d/);
  assert.deepEqual(await readdir(made.folder), before);

  await made.configure({});
  await made.call('run', '--only', 'map');
  await made.configure({ ...PROGRAMS, engine: { spark: url() } });
  await writePrograms(made);
  const lake = await readdir(made.lake);
  const withPrograms = await examined(made);
  assert.deepEqual(withPrograms.states, GOOD);
  assert.match(withPrograms.by.worker!.message, /^embed\.py runs on the executors/);
  assert.deepEqual(await readdir(made.lake), lake);
});

test('a lake that the cluster does not see', { skip }, async (t) => {
  const made = await project(t, DATA);
  const elsewhere = join(made.folder, 'elsewhere');
  await made.configure({ engine: { spark: url(), lake: elsewhere } });
  const before = await readdir(made.folder);
  const { code, by, states } = await examined(made);
  assert.deepEqual([code, states], [78, { ...GOOD, exchange: false }]);
  const { message, hint } = by.exchange!;
  assert.ok(message.startsWith(`the cluster cannot read file:${elsewhere}/scratch/runs/probe-`), message);
  assert.ok(message.includes(`which is ${made.lake}/scratch/runs/probe-`), message);
  assert.match(hint!, /^Mount the lake there, or name it as the cluster does \(engine\.lake; now file:/);
  assert.match(by.delta!.message, /does not see the lake/);
  assert.deepEqual(await readdir(made.folder), before);
});

test('a model behind an API, as a run says it', { skip }, async (t) => {
  const embed = { model: 'openai:any', url: 'http://127.0.0.1:9/v1', dimension: 8 };
  const made = await project(t, DATA, { embed, engine: { spark: url() } });
  const { by, states } = await examined(made);
  assert.deepEqual(states, { ...GOOD, config: false, worker: false });
  const ran = await made.call('run', '--json');
  assert.equal(ran.code, 78);
  const { message, hint } = ran.json.error;
  assert.match(message, /an API is limited by its rate/);
  for (const check of [by.config!, by.worker!])
    assert.deepEqual([check.message, check.hint, check.exitCode], [message, hint, 78]);
});

test('a source that the cluster does not read', { skip }, async (t) => {
  const table = join(tmpdir(), 'no-such-table');
  const source = { type: 'spark', path: undefined, reader: 'delta', options: { path: table } };
  const made = await project(t, undefined, { source, engine: { spark: url() } });
  const { code, by, states } = await examined(made);
  assert.deepEqual([code, states], [66, { ...GOOD, input: false }]);
  assert.match(by.input!.message, /^the cluster cannot read the source: Spark: \[\w+\].*no-such-table/);
  assert.match(by.input!.hint!, /what the reader needs/);
});

test('a server that is not there is all that is said of it', async (t) => {
  const made = await project(t, DATA, { engine: { spark: `sc://127.0.0.1:${await closedPort()}` } });
  const { code, by, states } = await examined(made);
  assert.deepEqual([code, states], [75, { config: true, spark: false }]);
  assert.match(by.spark!.message, /No answer from Spark Connect at 127\.0\.0\.1:\d+: .*ECONNREFUSED/);
  assert.match(by.spark!.hint!, /^Is the server up/);
});

test('an address that cannot be one is a wrong config', async (t) => {
  const made = await project(t, DATA, { engine: { spark: 'sc://127.0.0.1:1/;colour=red;token=secret' } });
  const { code, by } = await examined(made);
  assert.equal(code, 78);
  assert.match(by.spark!.message, /knows no "colour"/);
  assert.doesNotMatch(by.spark!.message, /secret/);
});

function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
