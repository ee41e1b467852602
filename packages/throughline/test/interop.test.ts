/** Python's deltalake reads every table of a run with the default model, and finds what the command line says. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { LakeStatus } from '../src/run/status.ts';
import { complaints, toCsv } from './complaints.ts';
import { deltalake, skip } from './deltalake.ts';
import { project } from './project.ts';
import { promotedTables } from './same-lake.ts';

interface Check {
  records: number;
  ids: number;
  passages: number;
  passageIds: number;
  recordsWithPassages: number;
  wronglyCut: string[];
  dimensions: number[];
  norms: [least: number, most: number];
}

/** Long ones that are split, ones with surrogate pairs, and one that is dead. */
const ROWS = complaints(60).map((row, i) => {
  if (i === 59) return { ...row, narrative: '' };
  return i % 10 === 0
    ? { ...row, narrative: `\u{1f600} ${row.narrative} \u{1f1e9}\u{1f1ea}. `.repeat(3) }
    : row;
});

test('deltalake reads the tables of a run with the default model', { skip }, async (t) => {
  const { lake, run } = await project(t, toCsv(ROWS), { embed: { model: 'minilm' } });
  const ran = await run('run', '--json');
  assert.equal(ran.code, 0, ran.stderr);
  const { counts } = (await run<LakeStatus>('status', '--json')).json;
  const tables = await promotedTables(lake);

  await t.test('records and passages belong together, to the UTF-16 code unit', async () => {
    const check = await deltalake<Check>('check', tables.records!, tables.passages!);
    assert.deepEqual([check.records, check.passages], [counts.records, counts.passages]);
    assert.equal(check.ids, check.records, 'one row per id');
    assert.equal(check.passageIds, check.passages, 'one row per passage');
    assert.equal(check.recordsWithPassages, check.records, 'no record without a passage');
    assert.ok(check.passages > check.records, 'some texts were split');
    assert.deepEqual(check.wronglyCut, []);
  });

  await t.test('vectors are 384 long and of length 1', async () => {
    const { dimensions, norms } = await deltalake<Check>('check', tables.records!, tables.passages!);
    assert.deepEqual(dimensions, [384]);
    assert.ok(norms[0] > 1 - 1e-5 && norms[1] < 1 + 1e-5, `norms ${norms}`);
  });

  await t.test('every other table is read, with the rows that the command line counts', async () => {
    const rows = async (name: string) => {
      const { path } = (await run<{ path: string }>('lake', 'path', name, '--json')).json;
      return (await deltalake<{ rows: number }[]>('digest', '', path))[0]!.rows;
    };
    const { themes, groups } = (
      await run<{ themes: { size: number }[]; groups: unknown[] }>('themes', '--json')
    ).json;
    assert.equal(await rows('dead_letters'), counts.deadLetters);
    assert.equal(await rows('themes'), themes.length + groups.length);
    assert.equal(await rows('assignments'), counts.passages);
    assert.equal(
      themes.reduce((sum, { size }) => sum + size, 0),
      counts.passages,
    );
    assert.equal(await rows('vectors'), ran.json.embedded);
    assert.equal(await rows('chunks'), 2 * ran.json.chunks.done, 'claimed and done');
    assert.equal(await rows('runs'), 2, 'started and ended');
  });
});
