/** A table of a million rows that changes all the time, with a follower that is killed at random. Some 15 minutes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postgres } from '../../../../engines/postgres.ts';
import { followConfig, followTable, makeTable } from '../follow-postgres.ts';
import { project } from '../project.ts';

const server = await postgres();
const ROWS = Number(process.env.THROUGHLINE_FOLLOWED_ROWS ?? 1_000_000);

test('a large table: each row once, as it is now, and memory does not grow', {
  skip: server.ok ? false : server.reason,
}, async (t) => {
  if (!server.ok) return;
  t.after(() => server.stop());
  const url = await server.createDatabase('followed');
  await makeTable(url, ROWS, 200);
  const made = await project(t, undefined, followConfig('1m'));
  const table = { url, rows: ROWS, round: 400, rounds: 40, killEvery: 8, seed: 7, pauseMs: 12_000 };
  const report = await followTable(made, table);
  t.diagnostic(JSON.stringify(report));
  assert.equal(report.kills, 5);
});
