/** The doctor tries every part for real, and says what a run would end with. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import test from 'node:test';
import { startFakeApi } from '../../../fake-api/server.ts';
import type { CheckResult } from '../src/doctor/doctor.ts';
import { complaints, toCsv } from './complaints.ts';
import { PROGRAMS, writePrograms } from './mapper-programs.ts';
import { project } from './project.ts';

interface Report {
  ok: boolean;
  checks: CheckResult[];
}

const DATA = toCsv(complaints(5));
const states = ({ checks }: Report) => Object.fromEntries(checks.map(({ check, ok }) => [check, ok]));
const GOOD = { node: true, config: true, source: true, lake: true, model: true, search: true };

test('where everything is there, all is well, and nothing stays behind', async (t) => {
  const { folder, run } = await project(t, DATA);
  const before = await readdir(folder);
  const { code, json, stderr } = await run<Report>('doctor', '--json');
  assert.equal(code, 0, stderr);
  assert.deepEqual(states(json), GOOD);
  assert.deepEqual(await readdir(folder), before);
});

test('a wrong config is said, and what does not need it is tried all the same', async (t) => {
  const { run } = await project(t, DATA, { embed: { model: 'bert' } });
  const { code, json } = await run<Report>('doctor', '--json');
  assert.equal(code, 78);
  assert.deepEqual(states(json), { ...GOOD, config: false, source: false, lake: false, model: false });
  assert.match(json.checks[1]!.message, /a model is minilm/);
});

test('an API is asked for real: what it answers is told, and a key that it refuses', async (t) => {
  const api = await startFakeApi({ dimension: 8 });
  t.after(() => api.stop());
  const embed = { model: 'openai:fake-embedding', url: api.url, dimension: 8 };
  const { run, configure } = await project(t, DATA, { embed });
  const good = await run<Report>('doctor', '--json');
  assert.deepEqual([good.code, states(good.json)], [0, GOOD]);
  assert.match(good.json.checks[4]!.message, /^fake-embedding: 8 numbers, up to 512 tokens/);
  assert.equal(api.stats().requests, 2);

  await configure({ embed: { ...embed, dimension: 16, requests: { retries: 0 } } });
  const wrong = await run<Report>('doctor', '--json');
  assert.deepEqual(states(wrong.json), { ...GOOD, model: false });
  assert.match(wrong.json.checks[4]!.message, /a vector has 8 numbers instead of 16/);

  await api.stop();
  const down = await run<Report>('doctor', '--json');
  assert.equal(down.code, 69);
  assert.match(down.json.checks[4]!.message, /ECONNREFUSED/);
});

test('each command is tried: one that refuses the row works, one that is not there does not', async (t) => {
  const made = await project(t, DATA, PROGRAMS);
  await writePrograms(made);
  await made.write('split.py', 'import throughline_mapper as mapper\nmapper.split(lambda text: 1 / 0)\n');
  const good = await made.run<Report>('doctor', '--json');
  assert.deepEqual([good.code, states(good.json)], [0, { ...GOOD, commands: true }]);
  const { message, hint } = good.json.checks.find(({ check }) => check === 'commands')!;
  assert.match(message, /^python3 clean\.py answered in \d+ ms; python3 split\.py answered in \d+ ms$/);
  assert.match(hint!, /^python3 split\.py refuses a row .*ZeroDivisionError/);

  await made.configure({ ...PROGRAMS, transform: [{ command: ['no-such-program'] }] });
  const wrong = await made.run<Report>('doctor', '--json');
  assert.deepEqual([wrong.code, states(wrong.json)], [78, { ...GOOD, commands: false }]);
});

test('a source that is missing and a lake that is a file are two findings', async (t) => {
  const { run, write } = await project(t, undefined);
  await write('lake', 'not a folder');
  const { code, json } = await run<Report>('doctor', '--json');
  assert.equal(code, 66, 'the first finding');
  assert.deepEqual(states(json), { ...GOOD, source: false, lake: false });
  const text = await run('doctor');
  assert.match(text.stdout, /FAIL {2}source {2}/);
  assert.match(text.stdout, /FAIL {2}lake {4}/);
});
