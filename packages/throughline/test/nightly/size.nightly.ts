/** Sources of hundreds of megabytes in few rows, and of many rows. */
import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import test from 'node:test';
import { complaints, toCsv } from '../complaints.ts';
import { type Project, project } from '../project.ts';
import { assertAddsUp } from '../tables.ts';

const MAP = ['run', '--only', 'map', '--json'];

async function write({ folder }: Project, parts: () => Generator<string>): Promise<void> {
  await pipeline(Readable.from(parts()), createWriteStream(join(folder, 'data.csv')));
}

test('thirty texts of 10 MB among others are dead letters, and the others live', async (t) => {
  const made = await project(t, undefined);
  const rows = complaints(60);
  await write(made, function* () {
    yield toCsv([]);
    for (const [i, row] of rows.entries()) {
      const narrative = i % 2 === 0 ? 'word '.repeat(2_000_000) : row.narrative;
      yield toCsv([{ ...row, narrative }]).slice(toCsv([]).length);
    }
  });
  const ran = await made.run(...MAP);
  assert.equal(ran.code, 0, ran.stderr);
  const { records, dead_letters } = await assertAddsUp(ran, made.lake);
  assert.equal(records.length, 30);
  assert.ok(dead_letters.every((row) => row._code === 'text_too_long'));
});

test('300,000 rows, of which 1 in 1,000 is malformed, are all accounted for', async (t) => {
  const made = await project(t, undefined, { chunk: { by: 'date_received', every: '1M' } });
  const [row] = complaints(1);
  const header = toCsv([]);
  await write(made, function* () {
    yield header;
    for (let i = 0; i < 300_000; i++) {
      if (i % 1_000 === 7) yield 'too,few\n';
      else {
        const date_received = new Date(Date.UTC(2015, 0, 1) + (i % 3_000) * 86_400_000)
          .toISOString()
          .slice(0, 10);
        yield toCsv([
          { ...row!, complaint_id: `r${i}`, date_received, narrative: `the same ${i % 50} words` },
        ]).slice(header.length);
      }
    }
  });
  const ran = await made.run(...MAP);
  assert.equal(ran.code, 0, ran.stderr);
  const { json } = ran;
  assert.equal(json.sourceRows, 300_000);
  assert.deepEqual([json.records, json.deadLetters, json.embedded], [299_700, 300, 50]);
  assert.equal(json.sourceRows, json.filtered + json.dropped + json.records + json.deadLetters);
});
