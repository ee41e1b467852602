/** Runs that are kept, and made again. The tests go on with one lake: each takes it as the one before left it. */
import assert from 'node:assert/strict';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTable } from '@throughline/delta';
import { openStore } from '@throughline/delta/store';
import { loadConfig } from '../src/config/index.ts';
import { asThroughlineError } from '../src/error.ts';
import { BUILD_TABLES } from '../src/lake/build.ts';
import { existingLake } from '../src/lake/lake.ts';
import { vacuumLake } from '../src/lake/vacuum-lake.ts';
import { type Reproduction, reproduce } from '../src/reproduce/index.ts';
import { findRun, pinRun, type RunEntry, unpinRun } from '../src/run/index.ts';
import { recordRun } from '../src/run/manifest.ts';
import { removeOldIndexes } from '../src/search/index.ts';
import { removeOldThemes } from '../src/theme/remove-old-themes.ts';
import { complaints, toCsv } from './complaints.ts';
import { type Project, project } from './project.ts';
import { rowsOf } from './tables.ts';

const ROWS = [...complaints(60), { ...complaints(1)[0]!, complaint_id: 'dead', narrative: ' ' }];
const THEMES = { themes: { sample: 100 } };
const inAYear = () => Date.now() + 365 * 86_400_000;

/** Records a run like another one, with something else in its manifest. */
async function recordLike(
  made: Project,
  [like, name]: [string, string],
  change: Partial<RunEntry['manifest']>,
) {
  const lake = await existingLake(made.lake);
  const entry = await findRun(lake, like);
  const manifest = { ...entry.manifest, ...change };
  await recordRun(lake, { ...entry, run: name, started: 0, manifest }, Date.now);
}

/** Of a run in this process: `ok`, or exit code and message. */
async function outcomeOf({ folder, lake }: Project, run: string): Promise<string> {
  const loaded = await loadConfig(join(folder, 'throughline.yaml'));
  const quiet = { stage() {}, planned() {}, rows() {}, chunk() {}, warning() {} };
  const effects = {
    clock: Date.now,
    newId: () => crypto.randomUUID(),
    signal: new AbortController().signal,
    reporter: quiet,
  };
  try {
    const found = await reproduce(loaded, await existingLake(lake), { run }, effects);
    return found.identical ? 'ok' : 'different';
  } catch (error) {
    const { exitCode, message, hint } = asThroughlineError(error);
    return `${exitCode} ${message} ${hint}`;
  }
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

test('runs that are kept, and made again', async (t) => {
  const made = await project(t, toCsv(ROWS), THEMES);
  const { json: first, code } = await made.run('run', '--json');
  assert.equal(code, 0);
  const run = first.runId;

  await t.test('identical to the last bit, whatever the config says by now', async () => {
    const other = { ...THEMES, split: { maxTokens: 32 }, source: { path: '*.csv', attributes: [] } };
    await made.configure(other);
    await made.write('later.csv', toCsv(complaints(3)));
    const same = await made.run<Reproduction>('run', '--reproduce', 'latest', '--json');
    assert.equal(same.code, 0, same.stderr + same.stdout);
    const tables = ['passages', 'records', 'dead_letters', 'assignments', 'themes'];
    assert.deepEqual(
      same.json.tables.map(({ table, rows }) => [table, rows.recorded === rows.again && rows.again > 0]),
      tables.map((table) => [table, true]),
    );
    await assert.rejects(readdir(same.json.into), { code: 'ENOENT' });
  });

  await t.test('other settings make other tables: counted, with examples, and kept', async () => {
    const { manifest } = await findRun(await existingLake(made.lake), run);
    const split = { mode: 'sentences', maxTokens: 48, overlap: 0 };
    await recordLike(made, [run, 'shorter'], {
      settings: { ...(manifest.settings as object), split },
      options: { only: 'map' },
    });
    const other = await made.run('run', '--reproduce', 'shorter', '--into', 'again');
    assert.equal(other.code, 65, other.stderr);
    assert.match(other.stdout, /records +60 +60 +0 +0 +identical/);
    assert.match(other.stdout, /passages: [0-9a-f]{32}: .*_text/);
    assert.match(other.stdout, /themes are not compared: this time none were made/);
    assert.match(other.stdout, /shorter is not reproduced; what was made now is in .*again/);
    assert.ok((await readdir(join(made.folder, 'again'))).includes('pipeline.json'));
    for (const into of ['again', 'lake/again']) {
      const taken = await made.run('run', '--reproduce', 'latest', '--into', into);
      assert.equal(taken.code, 73, taken.stderr);
    }
  });

  await t.test('where it cannot be, it is said why: source, settings, secrets, model', async () => {
    const path = join(made.folder, 'data.csv');
    const text = await readFile(path, 'utf8');
    const [header, ...rows] = text.split('\n');
    await writeFile(path, [header, ...rows.map((row) => row.replaceAll('the ', 'teh '))].join('\n'));
    assert.match(
      await outcomeOf(made, run),
      /^66 the source is not the one that \S+ has read: d:\d{4}-01-01 has other rows/,
    );
    await writeFile(path, `${text}\n`);
    assert.match(await outcomeOf(made, run), /^66 .*data\.csv has \d+ bytes, and had \d+/);
    await rename(path, `${path}.moved`);
    assert.match(await outcomeOf(made, run), /^66 .*data\.csv is missing/);
    await rename(`${path}.moved`, path);
    await writeFile(path, text);

    await recordLike(made, [run, 'old'], { settings: undefined });
    assert.match(await outcomeOf(made, 'old'), /^78 .*settings were not recorded/);
    await recordLike(made, [run, 'another'], { model: { id: 'hash', digest: '0123456789abcdef' } });
    assert.match(await outcomeOf(made, 'another'), /^78 the model is not the one of another: hash/);
    const { settings } = (await findRun(await existingLake(made.lake), run)).manifest as {
      settings: { source: object };
    };
    const source = { ...settings.source, options: { password: '***' } };
    await recordLike(made, [run, 'secret'], { settings: { ...settings, source } });
    assert.match(await outcomeOf(made, 'secret'), /^78 source\.options\.password of the run secret/);
  });

  await t.test(
    'what a pinned run left stays readable; once it is not pinned it goes as all else',
    async () => {
      const pinned = await made.run('runs', 'pin', run);
      assert.equal(pinned.code, 0, pinned.stderr);
      assert.match(pinned.stdout, /is pinned: dead_letters \d+, records \d+, passages \d+/);
      const told = await made.run('lake', 'vacuum', '--dry-run');
      assert.match(told.stdout, /^0 files, 0\.0 MB would be removed/);
      const hasty = await made.run('lake', 'vacuum', '--retention', '1h');
      assert.deepEqual([hasty.code, /at least a week/.test(hasty.stderr)], [64, true]);

      await made.configure(THEMES);
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
      const lake = await existingLake(made.lake);
      const entry = await findRun(lake, run);
      await assert.rejects(pinRun(lake, entry, Date.now), {
        exitCode: 66,
        message: /version \d+ of dead_letters, .* is gone/,
      });
      assert.equal(await unpinRun(lake, run), false);
      assert.match(await outcomeOf(made, run), /^66 .* is gone .*runs pin \S+ would have kept it/);
    },
  );
});
