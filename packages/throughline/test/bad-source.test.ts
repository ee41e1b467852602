/** Sources that cannot be read at all: the exit code says why, the message says where and what to do. */
import assert from 'node:assert/strict';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import type { Plan } from '../src/run/plan.ts';
import type { SearchResult } from '../src/search/index.ts';
import type { ThemesList } from '../src/theme/index.ts';
import { run } from './cli.ts';
import { complaints, toCsv } from './complaints.ts';
import { NOBODY, skipAsOtherUser } from './other-user.ts';
import { project } from './project.ts';
import { assertAddsUp } from './tables.ts';

const MAP = ['run', '--only', 'map', '--json'];

test('a file that is not there ends with 66 and the folder in which it was looked for', async (t) => {
  const { folder, run } = await project(t, undefined);
  const { code, stderr, json } = await run(...MAP);
  assert.equal(code, 66);
  assert.match(stderr, /no file matches data\.csv/);
  assert.ok(stderr.includes(folder));
  assert.equal(json.error.code, 'source_missing');
});

test('an empty file ends with 66', async (t) => {
  const { run } = await project(t, '');
  const { code, stderr } = await run(...MAP);
  assert.equal(code, 66);
  assert.match(stderr, /data\.csv: the file is empty/);
});

test('a folder instead of a file ends with 66 and names the pattern that was meant', async (t) => {
  const { folder, run } = await project(t, undefined);
  await mkdir(join(folder, 'data.csv'));
  const { code, stderr } = await run(...MAP);
  assert.equal(code, 66);
  assert.match(stderr, /data\.csv is a folder/);
  assert.match(stderr, /data\.csv\/\*\.csv/);
});

const noOtherUser = skipAsOtherUser();

test('a file that this user may not read ends with 77', { skip: noOtherUser }, async (t) => {
  const { folder } = await project(t, toCsv(complaints(3)));
  await chmod(join(folder, 'data.csv'), 0o600);
  await mkdir(join(folder, 'lake'));
  await chmod(join(folder, 'lake'), 0o777);
  const { code, stderr } = await run(MAP, { cwd: folder, uid: NOBODY });
  assert.equal(code, 77, stderr);
  assert.match(stderr, /data\.csv may not be read/);
});

test('a file with a header only is a run without rows, not a failure', async (t) => {
  const { lake, run, write } = await project(t, toCsv([]));
  const ran = await run(...MAP);
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(ran.json.sourceRows, 0);
  await assertAddsUp(ran, lake);
  await write('data.csv', toCsv(complaints(3)));
  const after = await run(...MAP);
  assert.equal(after.json.records, 3);
});

test('a first run of everything over no rows leaves a lake that answers', async (t) => {
  const { run } = await project(t, toCsv([]), { chunk: undefined });
  const ran = await run('run', '--json');
  assert.equal(ran.code, 0, ran.stderr);
  const found = await run<SearchResult>('search', 'anything', '--json');
  assert.deepEqual([found.code, found.json?.hits], [0, []], found.stderr);
  const themes = await run<ThemesList>('themes', '--json');
  assert.deepEqual([themes.code, themes.json?.themes], [0, []], themes.stderr);
});

test('the planner does not settle on a rule while there are no rows', async (t) => {
  const busy = toCsv(complaints(200).map((row, i) => ({ ...row, date_received: `2024-01-0${1 + (i % 4)}` })));
  const { run, write } = await project(t, toCsv([]), { chunk: undefined });
  await run(...MAP);
  await write('data.csv', busy);
  const { json } = await run<Plan>('plan', '--json');
  assert.deepEqual(json.rule, { by: 'window', every: '1d', zone: 'UTC' });
});

test('a source that vanishes between runs ends with 66 and leaves the tables as they were', async (t) => {
  const { folder, lake, run } = await project(t, toCsv(complaints(5)));
  const first = await run(...MAP);
  await rm(join(folder, 'data.csv'));
  const second = await run(...MAP);
  assert.equal(second.code, 66);
  await assertAddsUp(first, lake);
});

test('a file that is not Parquet, though the config says so, ends with 65 and its name', async (t) => {
  const { run } = await project(t, toCsv(complaints(3)), { source: { type: 'parquet' } });
  const { code, stderr } = await run(...MAP);
  assert.equal(code, 65, stderr);
  assert.match(stderr, /data\.csv is not a Parquet file/);
});
