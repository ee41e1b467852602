/** A lake in S3 is the lake that a folder would be. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { openStore } from '@throughline/delta/store';
import type { SearchResult } from '../src/search/index.ts';
import { complaints, toCsv } from './complaints.ts';
import { type Phase, random, runAndKill } from './kill.ts';
import { project } from './project.ts';
import { emptyLake, s3ForTests } from './s3.ts';
import { assertConsistent, assertSameLake } from './same-lake.ts';

const { skip, cache } = await s3ForTests();

/** Rows that live and rows that die, in 9 half-years. */
const DATA = toCsv([
  ...complaints(150),
  ...complaints(5).map((row, i) => ({ ...row, complaint_id: `dead-${i}`, narrative: ' ' })),
]);
const CONFIG = { chunk: { by: 'date_received', every: '6M' } };

test('every command works on a lake in S3, and its tables are those of a local one', { skip }, async (t) => {
  const local = await project(t, DATA, CONFIG);
  const remote = await project(t, DATA, { ...CONFIG, lake: emptyLake() });
  for (const one of [local, remote]) {
    const { code, stderr } = await one.run('run', '--json');
    assert.equal(code, 0, stderr);
  }
  await assertSameLake(remote, local);
  await assertConsistent(remote);
  const same: string[][] = [
    ['themes', '--json'],
    ['dlq', '--json'],
    ['plan', '--json'],
    ['search', 'debt collector calls', '--json'],
  ];
  for (const command of same) {
    const [here, there] = [await local.run(...command), await remote.run(...command)];
    assert.equal(there.code, 0, there.stderr);
    assert.deepEqual(comparable(there.json), comparable(here.json), command.join(' '));
  }
  const path = await remote.run<{ path: string }>('lake', 'path', 'records', '--json');
  assert.ok(path.json.path.startsWith(`${remote.lake}/builds/`), path.stdout);
  for (const command of [['lake', 'history'], ['runs'], ['status'], ['themes', 'show', 't001']]) {
    const { code, stderr } = await remote.run(...command);
    assert.equal(code, 0, `${command.join(' ')}: ${stderr}`);
  }
  assert.deepEqual(
    await readdir(remote.folder),
    ['data.csv', 'throughline.yaml'],
    'nothing is beside the config',
  );

  const again = await remote.run('run', '--json', '--skip-code');
  assert.equal(again.code, 99, again.stderr);
  assert.equal(again.json.chunks.done, 0);
});

/** Without what depends on the moment: dead letters have times, searches take some. */
function comparable(json: unknown): unknown {
  const moments = ['tookMs', 'seen', 'seconds'];
  return JSON.parse(JSON.stringify(json, (key, value) => (moments.includes(key) ? undefined : value)));
}
