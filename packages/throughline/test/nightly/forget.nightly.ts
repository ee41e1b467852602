/** A privacy request for a hundred records of a thousand: no search, table, index, cache nor file has them afterwards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allBuilds, type Forgotten, prove, readSubject } from '../../src/forget/index.ts';
import { existingLake } from '../../src/lake/lake.ts';
import { openSearcher } from '../../src/search/index.ts';
import { complaints, toCsv } from '../complaints.ts';
import { project } from '../project.ts';
import { readBuild } from '../tables.ts';

const ROWS = complaints(1000);
const GONE = ROWS.filter((_, i) => i % 10 === 3);
const IDS = new Set(GONE.map((row) => row.complaint_id));

test('a hundred records are forgotten', async (t) => {
  const made = await project(t, toCsv(ROWS), { embed: {} });
  const run = await made.run('run', '--json');
  assert.equal(run.code, 0, run.stderr);
  const lake = await existingLake(made.lake);
  const subject = await readSubject(await allBuilds(lake), IDS);
  const before = await readBuild(made.lake);
  assert.ok((await foundOf(lake)) > 50);

  const begun = performance.now();
  const asked = [...IDS].flatMap((id) => ['--id', id]);
  const told = await made.run<Forgotten>('lake', 'forget', '--purge', '--json', ...asked);
  assert.equal(told.code, 0, told.stdout + told.stderr);
  const seconds = (performance.now() - begun) / 1000;

  const after = await readBuild(made.lake);
  assert.equal(after.records.length, before.records.length - GONE.length);
  assert.ok([...after.records, ...after.passages].every(({ _id }) => !IDS.has(String(_id))));
  assert.equal(await foundOf(lake), 0);
  const proof = await prove(lake, subject);
  assert.deepEqual(proof.traces, []);
  t.diagnostic(JSON.stringify({ seconds, proof, purged: told.json.purged }));
});

/** How many of them are among the first twenty for the beginning of their own text, by meaning or by words. */
async function foundOf(lake: Awaited<ReturnType<typeof existingLake>>): Promise<number> {
  await using searcher = await openSearcher(lake);
  const found = new Set<string>();
  for (const { narrative } of GONE)
    for (const mode of ['semantic', 'keyword'] as const) {
      const { hits } = await searcher.search({ query: narrative.slice(0, 200), mode, limit: 20 });
      for (const { recordId } of hits) if (IDS.has(recordId)) found.add(recordId);
    }
  return found.size;
}
