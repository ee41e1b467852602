import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postgres } from '../../../engines/postgres.ts';
import { followConfig, followTable, makeTable } from './follow-postgres.ts';
import { project } from './project.ts';

const server = await postgres();
const skip = server.ok ? false : server.reason;

test('a table that changes all the time, with a follower that is killed: each row once, as it is now', {
  skip,
}, async (t) => {
  if (!server.ok) return;
  t.after(() => server.stop());
  const url = await server.createDatabase('followed');
  await makeTable(url, 2_000, 15);
  const made = await project(t, undefined, followConfig());
  const table = { url, rows: 2_000, round: 40, rounds: 8, killEvery: 3, seed: 7, pauseMs: 700 };
  const report = await followTable(made, table);
  t.diagnostic(JSON.stringify(report));
  assert.equal(report.kills, 2);
});
