/** A Postgres table that changes while somebody follows it, is killed and follows again; and what the tables come to. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTable, relation } from '@throughline/delta';
import pg from 'pg';
import { openSession } from '../src/engine/local/session.ts';
import { readJson } from '../src/lake/json-file.ts';
import { lakePath } from '../src/lake/lake-path.ts';
import { copiedSql, copyTo } from '../src/source/postgres/copied-file.ts';
import { type Follower, startFollower } from './follower.ts';
import { random } from './kill.ts';
import type { Project } from './project.ts';

export interface FollowedTable {
  url: string;
  rows: number;
  /** Rows that each round inserts, updates, deletes, and inserts or updates late. */
  round: number;
  rounds: number;
  /** After how many rounds the follower is killed, at random. */
  killEvery: number;
  seed: number;
  pauseMs: number;
}

export interface FollowReport {
  kills: number;
  inserted: number;
  updated: number;
  deleted: number;
  late: number;
  /** Of the followers, in MB, and when (seconds after the beginning). */
  memory: [seconds: number, megabytes: number][];
  seconds: number;
  rows: number;
}

const TABLE = 'tickets';

/** 'at' says to which chunk a row belongs, 'changed' when it was written. */
export async function makeTable(url: string, rows: number, days: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE TABLE ${TABLE} (id bigint PRIMARY KEY, at timestamptz NOT NULL, body text NOT NULL, product text,
    changed timestamptz NOT NULL DEFAULT clock_timestamp(), gone timestamptz)`);
  await client.query(
    `INSERT INTO ${TABLE} (id, at, body, product, changed) SELECT i, timestamptz '2024-01-01' + (i % $2::int) * interval '1 day' + (i % 86000) * interval '1 second',
      'They charged fee number ' || i || ' twice', 'product ' || i % 7,
        now() - interval '1 hour' FROM generate_series(1, $1::int) AS i`,
    [rows, days],
  );
  await client.query(`CREATE INDEX ON ${TABLE} (changed, id)`);
  await client.end();
}

export function followConfig(compareKeys = '5s') {
  return {
    source: {
      ...{ type: 'postgres', path: undefined, url: `\${DATABASE_URL}`, table: TABLE, id: 'id', text: 'body' },
      ...{ timestamp: 'at', attributes: ['product'] },
      changes: { watermark: 'changed', deleted: 'gone', overlap: '30s', compareKeys },
    },
    chunk: { by: 'at', every: '1d' },
    embed: { model: 'hash', dimension: 32 },
    follow: { every: '500ms', derive: '10m' },
  };
}

export async function followTable(project: Project, table: FollowedTable): Promise<FollowReport> {
  const { url, rounds, round, seed } = table;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const next = random(seed);
  const some = (most: number) => 1 + Math.floor(next() * most);
  const report: FollowReport = {
    kills: 0,
    inserted: 0,
    updated: 0,
    deleted: 0,
    late: 0,
    memory: [],
    seconds: 0,
    rows: 0,
  };
  const started = performance.now();
  let follower = startFollower(project, { DATABASE_URL: url });
  const watching = setInterval(() => {
    const megabytes = memoryOf(follower.child.pid!);
    if (megabytes) report.memory.push([Math.round((performance.now() - started) / 1000), megabytes]);
  }, 2_000);
  let newest = table.rows;
  try {
    for (let i = 1; i <= rounds; i++) {
      const known = () => some(newest);
      await client.query(
        `INSERT INTO ${TABLE} (id, at, body, product) SELECT i, timestamptz '2024-07-18' + (i % 3) * interval '1 hour', 'new text ' || i, 'product new'
          FROM generate_series($1::int, $2::int) AS i`,
        [newest + 1, newest + round],
      );
      newest += round;
      const updates = Array.from({ length: round }, known);
      const changed = await client.query(
        `UPDATE ${TABLE} SET body = body || ' again', changed = clock_timestamp(), at = CASE WHEN id % 5 = 0 THEN at + interval '1 day' ELSE at END
          WHERE id = ANY($1)`,
        [updates],
      );
      // A transaction that was begun long before it ends: its rows are late.
      const late = await client.query(
        `UPDATE ${TABLE} SET product = 'late', changed = clock_timestamp() - interval '2 seconds' WHERE id = ANY($1) AND changed < clock_timestamp() - interval '3 seconds'`,
        [Array.from({ length: Math.ceil(round / 4) }, known)],
      );
      const soft = await client.query(
        `UPDATE ${TABLE} SET gone = clock_timestamp(), changed = clock_timestamp() WHERE id = ANY($1)`,
        [Array.from({ length: Math.ceil(round / 4) }, known)],
      );
      const hard = await client.query(`DELETE FROM ${TABLE} WHERE id = ANY($1)`, [
        Array.from({ length: Math.ceil(round / 4) }, known),
      ]);
      report.inserted += round;
      report.updated += changed.rowCount!;
      report.late += late.rowCount!;
      report.deleted += soft.rowCount! + hard.rowCount!;
      await sleep(table.pauseMs * (0.5 + next()));
      if (i % table.killEvery !== 0) continue;
      follower.child.kill('SIGKILL');
      await follower.ended;
      report.kills++;
      follower = startFollower(project, { DATABASE_URL: url });
    }
    await untilEqual(project, client, follower);
    report.rows = (
      await client.query(`SELECT count(*)::int AS n FROM ${TABLE} WHERE gone IS NULL`)
    ).rows[0].n;
    follower.child.kill('SIGINT');
    assert.equal(await follower.ended, 0, follower.told());
  } finally {
    clearInterval(watching);
    follower.child.kill('SIGKILL');
    await client.end();
  }
  report.seconds = Math.round((performance.now() - started) / 1000);
  return report;
}

/** Until the tables hold the rows of the table and nothing else. */
async function untilEqual(project: Project, client: pg.Client, { child, told }: Follower): Promise<void> {
  let difference = '';
  for (const until = performance.now() + 1_200_000; performance.now() < until; await sleep(2_000)) {
    assert.equal(child.exitCode, null, told());
    difference = await differenceOf(project, client);
    if (difference === '') return;
  }
  assert.fail(`${difference}\n${told()}`);
}

/** What is wrong; empty where each row is one record, with its text, attribute and chunk, and one passage. */
async function differenceOf({ lake, folder }: Project, client: pg.Client): Promise<string> {
  const { build } = (await readJson<{ build?: string }>(lakePath(lake, 'current.json'))) ?? {};
  if (build === undefined) return 'nothing is promoted';
  const file = join(folder, 'table.csv');
  const rows = `SELECT id::text, body, product, 'd:' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD') FROM ${TABLE} WHERE gone IS NULL`;
  await copyTo(client, rows, file);
  await using session = await openSession();
  const expected = copiedSql([file], ['id', 'body', 'product', 'chunk']);
  const wrong = async (table: string, columns: string) => {
    await using found = await relation(await openTable(lakePath(lake, 'builds', build, table)));
    const both = [expected, `(SELECT ${columns} FROM ${found.sql})`];
    const [less, more] = await Promise.all(
      [both, both.toReversed()].map(([a, b]) =>
        session.query(`SELECT * FROM (FROM ${a} EXCEPT ALL FROM ${b}) LIMIT 3`),
      ),
    );
    const [count] = await session.query(
      `SELECT (SELECT count(*) FROM ${both[0]}) AS rows, (SELECT count(*) FROM ${both[1]}) AS found`,
    );
    if (less!.length + more!.length === 0) return '';
    return `${table}: ${count!.found} of ${count!.rows}, missing ${JSON.stringify(less)}, too many ${JSON.stringify(more)}; `;
  };
  const records = await wrong('records', '_id, _text, product, _chunk');
  return records + (await wrong('passages', '_id, _text, product, _chunk'));
}

/** Resident, in MB; undefined of a process that is gone. */
function memoryOf(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
  } catch {
    return undefined;
  }
}
