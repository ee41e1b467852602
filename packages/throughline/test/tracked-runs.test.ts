/** Runs that are kept, and made again. The tests go on with one lake: each takes it as the one before left it. */
import assert from 'node:assert/strict';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openTable } from '@throughline/delta';
import { loadConfig } from '../src/config/index.ts';
import { asThroughlineError } from '../src/error.ts';
import { BUILD_TABLES } from '../src/lake/build.ts';
import { existingLake } from '../src/lake/lake.ts';
import { vacuumLake } from '../src/lake/vacuum-lake.ts';
import { type Reproduction, reproduce } from '../src/reproduce/index.ts';
import { findRun, pinRun, type RunEntry, unpinRun } from '../src/run/index.ts';
import { recordRun } from '../src/run/manifest.ts';
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
async function outcomeOf({ folder, lake }: Project, run: string, into?: string): Promise<string> {
  const loaded = await loadConfig(join(folder, 'throughline.yaml'));
  const quiet = { stage() {}, planned() {}, rows() {}, chunk() {}, warning() {} };
  const effects = {
    clock: Date.now,
    newId: () => crypto.randomUUID(),
    signal: new AbortController().signal,
    reporter: quiet,
  };
  try {
    const found = await reproduce(loaded, await existingLake(lake), { run, into }, effects);
    return found.identical ? 'ok' : 'different';
  } catch (error) {
    const { exitCode, message, hint } = asThroughlineError(error);
    return `${exitCode} ${message} ${hint}`;
  }
}

test('runs that are kept, and made again', async (t) => {
  const made = await project(t, toCsv(ROWS), THEMES);
  const { json: first, code } = await made.call('run', '--json');
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
    const other = await made.call('run', '--reproduce', 'shorter', '--into', 'again');
    assert.equal(other.code, 65, other.stderr);
    assert.match(other.stdout, /records +60 +60 +0 +0 +identical/);
    assert.match(other.stdout, /passages: [0-9a-f]{32}: .*_text/);
    assert.match(other.stdout, /themes are not compared: this time none were made/);
    assert.match(other.stdout, /shorter is not reproduced; what was made now is in .*again/);
    assert.ok((await readdir(join(made.folder, 'again'))).includes('pipeline.json'));
    for (const into of ['again', 'lake/again'])
      assert.match(await outcomeOf(made, run, join(made.folder, into)), /^73 /);
  });

  await t.test('where it cannot be, it is said why: source, settings, secrets, model', async () => {
    const path = join(made.folder, 'data.csv');
    const text = await readFile(path, 'utf8');
    const [header, ...rows] = text.split('\n');
    await writeFile(path, [header, ...rows.map((row) => row.replaceAll('the ', 'teh '))].join('\n'));
    await recordLike(made, [run, 'mapped'], { options: { only: 'map' } });
    assert.match(
      await outcomeOf(made, 'mapped'),
      /^66 the source is not the one that mapped has read: d:\d{4}-01-01 has other rows/,
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
    'the tables of a pinned run outlive a vacuum; once it is not pinned they go as all else',
    async () => {
      const pinned = await made.call('runs', 'pin', run);
      assert.match(pinned.stdout, /is pinned: dead_letters \d+, records \d+, passages \d+/);
      await made.configure(THEMES);
      const longer = ROWS.map((row) => ({
        ...row,
        narrative: row.narrative.trim() && `${row.narrative} Again.`,
      }));
      await made.write('data.csv', toCsv(longer));
      const { json: second } = await made.call('run', '--only', 'map', '--json');
      assert.notEqual(second.tables.records, first.tables.records);
      const lake = await existingLake(made.lake);
      const vacuumed = () => vacuumLake(lake, { dryRun: false, clock: inAYear });
      const readAll = () =>
        Promise.all(
          BUILD_TABLES.map(async (table) => {
            const root = join(made.lake, 'builds', first.build, table);
            return (await rowsOf(await openTable(root, { version: first.tables[table]! }))).length;
          }),
        );
      const before = await readAll();
      assert.equal(before[1], 60);
      await vacuumed();
      assert.deepEqual(await readAll(), before);
      const listed = await made.call('runs');
      assert.match(listed.stdout, new RegExp(`${run} \\(pinned\\)`));
      assert.doesNotMatch(listed.stdout, new RegExp(`${second.runId} \\(pinned\\)`));
      assert.match((await made.call('runs', 'unpin', run)).stdout, /is not pinned any more/);
      await vacuumed();
      await assert.rejects(readAll());
      await assert.rejects(pinRun(lake, await findRun(lake, run), Date.now), {
        exitCode: 66,
        message: /version \d+ of dead_letters, .* is gone/,
      });
      assert.equal(await unpinRun(lake, run), false);
      assert.match(await outcomeOf(made, run), /^66 .* is gone .*runs pin \S+ would have kept it/);
    },
  );
});
