/** Profiling, which costs nothing unless it is asked for. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Profile } from '../src/profile/index.ts';
import { complaints, toCsv } from './complaints.ts';
import { project } from './project.ts';

const ROWS = complaints(50).map((row, i) => ({
  ...row,
  company: i < 3 ? '<script>alert(1)</script>' : 'One',
  state: i === 0 ? '' : row.state,
}));

test('a profile counts nulls, values, lengths and tokens; its page shows hostile values as text', async (t) => {
  const made = await project(t, toCsv(ROWS), { profile: true, themes: { sample: 100 } });
  const { json, code, stderr } = await made.run('run', '--only', 'map', '--json');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /profiles\/.*\.html/);
  const file = (kind: string) => join(made.lake, 'profiles', `${json.runId}.${kind}`);
  const profile = JSON.parse(await readFile(file('json'), 'utf8')) as Profile;
  assert.deepEqual([profile.records, profile.passages], [json.records, json.passages]);
  const column = (name: string) => profile.columns.find((one) => one.name === name)!;
  assert.deepEqual(column('company').top, [
    { value: 'One', count: 47 },
    { value: '<script>alert(1)</script>', count: 3 },
  ]);
  assert.equal(column('state').nulls, 1);
  assert.equal(column('date_received').type, 'timestamp');
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
  assert.equal(sum(profile.lengths.counts), profile.records);
  assert.equal(sum(profile.tokens.counts), profile.passages);
  const page = await readFile(file('html'), 'utf8');
  assert.match(page, /&lt;script&gt;alert/);
  assert.doesNotMatch(page, /<script/);
});

test('unless asked for there is none', async (t) => {
  const made = await project(t, toCsv(ROWS));
  assert.equal((await made.run('run', '--only', 'map', '--json')).code, 0);
  assert.ok(!(await readdir(made.lake)).includes('profiles'));
});
