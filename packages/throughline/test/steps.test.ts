/** Steps of a run, as the tasks of a scheduler call them. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import type { RunResult } from '../src/run/index.ts';
import { begun } from './begun.ts';
import { complaints, toCsv } from './complaints.ts';
import { type Project, project } from './project.ts';

const ROWS = complaints(60);
const YEARS = { chunk: { by: 'date_received', every: '1y' } };
const promotedYears = begun(toCsv(ROWS), YEARS);

async function mapped(made: Project, chunks: readonly string[]) {
  await writeFile(join(made.folder, 'chunks.json'), JSON.stringify(chunks));
  return made.run<RunResult>('run', '--only', 'map', '--chunk-list', 'chunks.json', '--json');
}

async function groups(made: Project): Promise<string[][]> {
  const { stdout, stderr, code } = await made.call('plan', '--groups', '2');
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout).map(({ chunks }: { chunks: string[] }) => chunks);
}

const step = (made: Project, only: string) => made.call<RunResult>('run', '--only', only, '--json');
const promoted = async (made: Project) =>
  (await made.call<{ promoted: { index?: string; themes?: string } }>('status', '--json')).json.promoted;

test('steps do what one run does; what a check has not passed is not promoted', async (t) => {
  const columns = { ...YEARS, quality: [{ check: 'schema' }] };
  const made = await project(t, toCsv(ROWS), columns);
  const parts = await groups(made);
  assert.equal(parts.length, 2);
  for (const chunks of parts) assert.equal((await mapped(made, chunks)).code, 0);
  assert.equal((await promoted(made)).index, undefined, 'nobody has judged it');
  assert.equal((await step(made, 'themes')).code, 65);
  for (const only of ['check', 'index', 'themes']) {
    const { code, stderr } = await step(made, only);
    assert.equal(code, 0, `${only}: ${stderr}`);
  }
  const before = await promoted(made);
  assert.ok(before.index && before.themes);

  // A column is gone, and a row is new: the task that maps does not make that the rule.
  const header = toCsv([...ROWS, { ...ROWS[0]!, complaint_id: 'new' }]).replace('sub_issue', 'renamed');
  await made.write('data.csv', header);
  for (const chunks of await groups(made)) assert.equal((await mapped(made, chunks)).code, 0);
  for (const only of ['check', 'index', 'check']) {
    const { code, json } = await step(made, only);
    assert.equal(code, 65, only);
    assert.match(json.unmet.join(), /schema/);
  }
  assert.equal((await step(made, 'themes')).code, 65, 'what is published is not promoted');
  assert.equal((await made.call('run')).code, 65, 'nor by a run that finds the source untouched');
  assert.deepEqual(await promoted(made), before);
  assert.equal((await made.call('run', '--accept-schema')).code, 0);
  assert.equal((await made.call('run')).code, 0);
  assert.notEqual((await promoted(made)).index, before.index);
});

test('a part of the tables of other settings is told as incomplete, and what serves stays', async (t) => {
  const made = await (await promotedYears()).copy(t);
  const before = await promoted(made);
  await made.configure({ ...YEARS, embed: { model: 'hash', dimension: 32 } });
  const [first] = await groups(made);
  assert.equal((await mapped(made, first!)).code, 0);
  for (const only of ['check', 'index', 'themes']) {
    const { code, json } = await step(made, only);
    assert.equal(code, 65, only);
    assert.match(json.unmet[0]!, /^incomplete/);
  }
  assert.deepEqual(await promoted(made), before);
});

test('a chunk that has left the source since it was listed is kept', async (t) => {
  const byProduct = { chunk: { by: 'product' } };
  const made = await project(t, toCsv(ROWS), byProduct);
  assert.equal((await made.call('run', '--only', 'map', '--json')).code, 0);
  const gone = ROWS[0]!.product;
  await made.write('data.csv', toCsv(ROWS.filter(({ product }) => product !== gone)));
  const { code, json, stderr } = await mapped(made, [`v:${gone}`]);
  assert.equal(code, 0, stderr);
  assert.equal(json.chunks.done, 0);
  const { counts } = (await made.call<{ counts: { records: number } }>('status', '--json')).json;
  assert.equal(counts.records, ROWS.length);
});

test('rows without a date alone do not fail a task', async (t) => {
  const made = await (await promotedYears()).copy(t);
  await made.write('data.csv', toCsv([...ROWS, { ...ROWS[0]!, complaint_id: 'undated', date_received: '' }]));
  assert.deepEqual(await groups(made), [['none']]);
  const { code, json } = await mapped(made, ['none']);
  assert.deepEqual([code, json.deadLetters], [0, 1]);
  assert.equal((await step(made, 'check')).code, 0);
});
