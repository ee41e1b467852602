/** A privacy request to a lake in S3: nothing is left there, nor in this machine's copies of it. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { allBuilds, type Forgotten, prove, readSubject } from '../../src/forget/index.ts';
import { existingLake } from '../../src/lake/lake.ts';
import { complaints, toCsv } from '../complaints.ts';
import { project } from '../project.ts';
import { emptyLake, s3ForTests } from '../s3.ts';

const { skip, cache } = await s3ForTests();
const ROWS = complaints(60).map((row) => ({ ...row, narrative: row.narrative.slice(0, 300) }));
const ID = ROWS[3]!.complaint_id;

test('a record is forgotten in S3, and by the copies of it', { skip }, async (t) => {
  const made = await project(t, toCsv(ROWS), { lake: emptyLake(), themes: { count: 4 } });
  for (const command of [
    ['run', '--json'],
    ['search', 'fees', '--json'],
  ]) {
    const { code, stderr } = await made.run(...command);
    assert.equal(code, 0, stderr);
  }
  const lake = await existingLake(made.lake);
  const subject = await readSubject(await allBuilds(lake), new Set([ID]));
  assert.ok((await prove(lake, subject)).traces.length > 0);
  const told = await made.run<Forgotten>('lake', 'forget', '--purge', '--json', '--id', ID);
  assert.equal(told.code, 0, told.stdout + told.stderr);
  assert.deepEqual((await prove(lake, subject)).traces, []);
  const entries = await readdir(cache, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const bytes = await readFile(join(entry.parentPath, entry.name), 'latin1');
    assert.ok(!bytes.includes(ID), join(entry.parentPath, entry.name));
  }
  for (const command of [
    ['search', 'fees', '--json'],
    ['run', '--force', '--json'],
  ]) {
    const { code, stderr } = await made.run(...command);
    assert.equal(code, 0, stderr);
  }
});
