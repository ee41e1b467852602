/** What a pinned run keeps while everything that removes old versions is at work, and what is derived of it again. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTable } from '@throughline/delta';
import { openStore } from '@throughline/delta/store';
import { BUILD_TABLES } from '../../src/lake/build.ts';
import { existingLake, readCurrent } from '../../src/lake/lake.ts';
import { vacuumLake } from '../../src/lake/vacuum-lake.ts';
import type { DerivedAsOf, RunResult } from '../../src/run/index.ts';
import { removeOldIndexes } from '../../src/search/index.ts';
import { removeOldThemes } from '../../src/theme/remove-old-themes.ts';
import { complaints, toCsv } from '../complaints.ts';
import { type Project, project } from '../project.ts';
import { rowsOf } from '../tables.ts';

const ROWS = complaints(60);
const THEMES = { themes: { sample: 100 } };
const inAYear = () => Date.now() + 365 * 86_400_000;

/** Index and themes of an earlier run are made again where they are gone, and what serves stays. */
async function derivesAsOf(made: Project, first: RunResult, second: RunResult): Promise<void> {
  const store = openStore(made.lake);
  const folders = ['themes', 'assignments', 'record_themes'].map((table) => `${table}/${first.themes}`);
  for (const folder of [`indexes/${first.index}`, ...folders]) await store.removeFolder(folder);
  const asOf = await made.run<DerivedAsOf>('run', '--as-of', first.runId, '--json');
  assert.equal(asOf.code, 0, asOf.stderr);
  const { index, themes, tables, faults, at } = asOf.json;
  assert.deepEqual([index, themes, faults], [first.index, first.themes, []]);
  assert.equal(tables.passages, first.tables.passages);
  const { index: serving, themes: shown } = await readCurrent(await existingLake(made.lake));
  assert.deepEqual([serving, shown], [second.index, second.themes]);
  const again = await made.run<DerivedAsOf>('run', '--as-of', String(at), '--json');
  assert.equal(again.json.index, first.index, again.stderr);
  const early = await made.run('run', '--as-of', '1999-12-31');
  assert.deepEqual([early.code, /do not reach back to 1999-12-31/.test(early.stderr)], [66, true]);
  const both = await made.run('run', '--as-of', first.runId, '--force');
  assert.deepEqual([both.code, /--as-of takes no --force/.test(both.stderr)], [64, true]);
}

/** All that removes, as if a year had passed. */
async function removeAllThatIsOld({ lake: root }: Project): Promise<void> {
  const lake = await existingLake(root);
  await vacuumLake(lake, { dryRun: false, clock: inAYear });
  await removeOldIndexes(lake, { keep: 1, store: 'zvec' }, inAYear, { atOnce: true });
  for (const version of ['a', 'b', 'c']) {
    const manifest = JSON.stringify({ version, madeAt: inAYear(), settings: {} });
    await openStore(root).replace(`themes/${version}/manifest.json`, manifest);
  }
  await removeOldThemes(lake, { promoted: 'a', served: undefined }, inAYear());
}

test('what a pinned run left stays, its index and themes too; once it is not pinned it goes as all else', async (t) => {
  const made = await project(t, toCsv(ROWS), THEMES);
  const { json: first, code } = await made.run('run', '--json');
  assert.equal(code, 0);
  const run = first.runId;
  const pinned = await made.run('runs', 'pin', run);
  assert.equal(pinned.code, 0, pinned.stderr);
  assert.match(pinned.stdout, /is pinned: dead_letters \d+, records \d+, passages \d+/);
  const told = await made.run('lake', 'vacuum', '--dry-run');
  assert.match(told.stdout, /^0 files, 0\.0 MB would be removed/);
  const hasty = await made.run('lake', 'vacuum', '--retention', '1h');
  assert.deepEqual([hasty.code, /at least a week/.test(hasty.stderr)], [64, true]);

  const longer = ROWS.map((row) => ({
    ...row,
    narrative: row.narrative.trim() && `${row.narrative} Again.`,
  }));
  await made.write('data.csv', toCsv(longer));
  const { json: second } = await made.run('run', '--json');
  assert.notEqual(second.tables.records, first.tables.records);
  const at = (table: string) =>
    openTable(join(made.lake, 'builds', first.build, table), { version: first.tables[table]! });
  const readAll = () =>
    Promise.all(BUILD_TABLES.map(async (table) => (await rowsOf(await at(table))).length));
  const isThere = async (folder: string, version: string | undefined) =>
    (await openStore(made.lake).list(folder)).includes(version!);
  await derivesAsOf(made, first, second);
  const before = await readAll();
  assert.equal(before[1], 60);
  await removeAllThatIsOld(made);
  assert.deepEqual(await readAll(), before);
  assert.ok(await isThere('indexes', first.index));
  assert.ok(await isThere('record_themes', first.themes));
  const listed = await made.run('runs');
  assert.match(listed.stdout, new RegExp(`${run} \\(pinned\\)`));
  assert.doesNotMatch(listed.stdout, new RegExp(`${second.runId} \\(pinned\\)`));
  assert.match((await made.run('runs', 'show', run)).stdout, /pinned: true/);

  assert.match((await made.run('runs', 'unpin', run)).stdout, /is not pinned any more/);
  await removeAllThatIsOld(made);
  await assert.rejects(readAll());
  assert.ok(!(await isThere('indexes', first.index)));
  assert.ok(!(await isThere('record_themes', first.themes)));
});
