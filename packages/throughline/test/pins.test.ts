/** What a pinned run keeps while everything that removes old versions is at work. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTable } from '@throughline/delta';
import { openStore } from '@throughline/delta/store';
import { BUILD_TABLES } from '../src/lake/build.ts';
import { existingLake } from '../src/lake/lake.ts';
import { vacuumLake } from '../src/lake/vacuum-lake.ts';
import { removeOldThemes } from '../src/theme/remove-old-themes.ts';
import { complaints, toCsv } from './complaints.ts';
import { type Project, project } from './project.ts';
import { rowsOf } from './tables.ts';

const ROWS = complaints(40);
const inAYear = () => Date.now() + 365 * 86_400_000;

interface Runs {
  runs: { run: string; pinned: boolean }[];
}

/** All that removes, as if a year had passed. */
async function removeAllThatIsOld({ lake: root, run }: Project): Promise<void> {
  const lake = await existingLake(root);
  await vacuumLake(lake, { dryRun: false, clock: inAYear });
  assert.equal((await run('index', 'gc', '--keep', '1')).code, 0);
  for (const version of ['a', 'b', 'c'])
    await openStore(root).replace(
      `themes/${version}/manifest.json`,
      JSON.stringify({ version, madeAt: inAYear(), settings: {} }),
    );
  await removeOldThemes(lake, { promoted: 'a', served: undefined }, inAYear());
}

test('what a pinned run left stays readable; once it is not pinned it goes as all else', async (t) => {
  const made = await project(t, toCsv(ROWS), { themes: { sample: 100 } });
  const { json: first } = await made.run('run', '--json');
  const pinned = await made.run('runs', 'pin', 'latest');
  assert.equal(pinned.code, 0, pinned.stderr);
  assert.match(pinned.stdout, /is pinned: dead_letters \d+, records \d+, passages \d+/);
  await made.write('data.csv', toCsv(ROWS.map((row) => ({ ...row, narrative: `${row.narrative} Again.` }))));
  const { json: second } = await made.run('run', '--json');
  assert.notEqual(second.tables.records, first.tables.records);

  const at = (table: string) =>
    openTable(join(made.lake, 'builds', first.build, table), { version: first.tables[table]! });
  const readAll = () => Promise.all(BUILD_TABLES.map(async (table) => (await rowsOf(await at(table))).length));
  const isThere = async (folder: string, version: string | undefined) =>
    (await openStore(made.lake).list(folder)).includes(version!);
  const before = await readAll();
  assert.equal(before[1], 40);
  await removeAllThatIsOld(made);
  assert.deepEqual(await readAll(), before);
  assert.ok(await isThere('indexes', first.index));
  assert.ok(await isThere('record_themes', first.themes));

  const { json } = await made.run<Runs>('runs', '--json');
  const states = json.runs.map(({ run, pinned }) => [run, pinned]);
  assert.deepEqual(states, [
    [second.runId, false],
    [first.runId, true],
  ]);
  assert.match((await made.run('runs')).stdout, new RegExp(`${first.runId} \\(pinned\\)`));
  assert.match((await made.run('runs', 'show', 'previous')).stdout, /pinned: true/);

  assert.equal((await made.run('runs', 'unpin', first.runId)).code, 0);
  await removeAllThatIsOld(made);
  await assert.rejects(readAll());
  assert.ok(!(await isThere('indexes', first.index)));
  assert.ok(!(await isThere('record_themes', first.themes)));
  const late = await made.run('runs', 'pin', first.runId);
  assert.equal(late.code, 66);
  assert.match(late.stderr, /version \d+ of records is gone/);
  assert.match((await made.run('runs', 'unpin', first.runId)).stdout, /was not pinned/);
});

test('vacuum tells what it would remove, and refuses a retention that a running reader could not bear', async (t) => {
  const made = await project(t, toCsv(ROWS), { themes: { sample: 100 } });
  assert.equal((await made.run('run', '--only', 'map')).code, 0);
  const told = await made.run('lake', 'vacuum', '--dry-run');
  assert.equal(told.code, 0, told.stderr);
  assert.match(told.stdout, /^0 files, 0\.0 MB would be removed/);
  const hasty = await made.run('lake', 'vacuum', '--retention', '1h');
  assert.equal(hasty.code, 64);
  assert.match(hasty.stderr, /at least a week/);
});
