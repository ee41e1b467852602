/** A run that is killed again and again leaves the tables of one that never was. */
import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { nightly } from '../../../engines/nightly.ts';
import type { SearchResult } from '../src/search/index.ts';
import { complaints, toCsv } from './complaints.ts';
import { type Phase, random, runAndKill } from './kill.ts';
import { project } from './project.ts';
import { assertConsistent, assertSameLake } from './same-lake.ts';

/** Rows that live and rows that die, in 17 quarters. */
const DATA = toCsv([
  ...complaints(500),
  ...complaints(9).map((row, i) => ({ ...row, complaint_id: `dead-${i}`, narrative: ' ' })),
]);
const CONFIG = { chunk: { by: 'date_received', every: '3M' } };

const publishing = (withinMs: number) => ({ phase: 'publish' as const, withinMs });
const KILLS: { phase: Phase; withinMs: number }[] = [
  { phase: 'read', withinMs: 100 },
  { phase: 'embed', withinMs: 150 },
  publishing(30),
  ...(nightly ? [] : [publishing(30), publishing(60)]),
  { phase: 'index', withinMs: 500 },
  { phase: 'themes', withinMs: 300 },
];

test('killed while reading, embedding, publishing, indexing and theming, the tables are those of an undisturbed run', async (t) => {
  const seed = Number(process.env.THROUGHLINE_SEED ?? 20_240_101);
  const next = random(seed);
  const undisturbed = await project(t, DATA, CONFIG);
  const done = await undisturbed.call('run', '--json');
  assert.equal(done.code, 0, done.stderr);

  const killed = await project(t, DATA, CONFIG);
  let kills = 0;
  for (const { phase, withinMs } of KILLS) {
    const delayMs = Math.floor(next() * withinMs);
    const at = await runAndKill(killed, { phase, delayMs });
    if (at !== undefined) kills++;
    t.diagnostic(
      `seed ${seed}: ${phase} + ${delayMs} ms ${at === undefined ? 'came too late' : `killed after ${Math.round(at)} ms`}`,
    );
  }
  assert.ok(kills >= Math.min(5, KILLS.length - 1), `${kills} kills`);
  const last = await killed.call('run', '--json');
  assert.equal(last.code, 0, last.stderr);
  await assertConsistent(killed);
  await assertSameLake(killed, undisturbed);
  const left = await readdir(join(killed.lake, 'indexes'));
  assert.deepEqual(
    left.filter((name) => name.startsWith('.')),
    [],
    'nothing of killed index builds is left',
  );
});

/** Each of two runs ends with chunks of its own that do not fill a batch, while it waits for those of the other. */
const MANY_CHUNKS = { chunk: { by: 'date_received', every: '1M' } };

test('two runs at once on one lake: each ends with 0 or 75, and the tables are those of one run', {
  skip: nightly,
  timeout: 180_000,
}, async (t) => {
  const alone = await project(t, DATA, MANY_CHUNKS);
  await alone.call('run', '--json');
  const shared = await project(t, DATA, MANY_CHUNKS);
  const both = await Promise.all([shared.run('run', '--json'), shared.run('run', '--json')]);
  for (const { code, stderr } of both) assert.ok(code === 0 || code === 75, `ended with ${code}: ${stderr}`);
  const last = await shared.run('run', '--json');
  assert.equal(last.code, 0, last.stderr);
  await assertSameLake(shared, alone);

  for (const folder of ['indexes', 'themes', 'assignments'])
    await rm(join(shared.lake, folder), { recursive: true });
  const again = await Promise.all([shared.run('run', '--json'), shared.run('run', '--json')]);
  for (const { code, stderr } of again) assert.ok(code === 0 || code === 75, `ended with ${code}: ${stderr}`);
  assert.ok(
    again.some(({ code }) => code === 0),
    'one of them made what is derived',
  );
  await assertSameLake(shared, alone);
  const found = await shared.call<SearchResult>('search', 'debt', '--json');
  assert.ok(found.json.hits.length > 0, found.stderr);
});
