/** Changes of tables in a real server: what they come to, and what is held of them. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import pg from 'pg';
import { postgres } from '../../../../../engines/postgres.ts';
import { parseConfig, type SourceConfig } from '../../config/index.ts';
import { openSession } from '../../engine/local/session.ts';
import { Follower, type Row } from '../testing/followed.ts';
import { copyRows } from './copy-rows.ts';
import { openPostgresFeed, type PostgresFeedOptions } from './postgres-feed.ts';

const engine = await postgres();
const skip = engine.ok ? false : engine.reason;
const url = engine.ok ? engine.url : '';
const client = new pg.Client(url);
if (engine.ok) await client.connect();
after(async () => {
  if (!engine.ok) return;
  await client.end();
  await engine.stop();
});

const query = async (sql: string, values: unknown[] = []) => (await client.query(sql, values)).rows;

const CHANGES = { watermark: 'updated_at', overlap: '1h', deleted: 'deleted_at' };
let tables = 0;

/** An empty table with an id of this type, as a source. */
async function newTable(idType = 'text', changes: object = CHANGES): Promise<SourceConfig> {
  const table = `tickets_${++tables}`;
  await query(
    `CREATE TABLE ${table} (id ${idType} PRIMARY KEY, body text, updated_at timestamptz, deleted_at timestamptz)`,
  );
  return sourceOf({ table, changes });
}

function sourceOf(more: object): SourceConfig {
  const source = { type: 'postgres', url, id: 'id', text: 'body', ...more };
  return parseConfig(JSON.stringify({ name: 'x', source }), 'throughline.yaml', { env: {} }).source;
}

function follow(
  source: SourceConfig,
  { maxChanges = 100, until = 'end', ...more }: Partial<PostgresFeedOptions> = {},
): Follower {
  return new Follower(
    (options) => openPostgresFeed(source, { clock: () => 1_000, ...options, ...more }),
    { maxChanges, until },
  );
}

const rowsNow = async ({ table }: SourceConfig): Promise<Map<string, Row>> =>
  new Map(
    (
      await query(
        `SELECT id::text, nullif(body, '') AS body FROM ${table} WHERE deleted_at IS NULL ORDER BY id::text COLLATE "C"`,
      )
    ).map((row) => [row.id, row]),
  );

const sorted = (rows: ReadonlyMap<string, Row>) => new Map([...rows].sort(([a], [b]) => (a < b ? -1 : 1)));

async function* idsOf(rows: ReadonlyMap<string, unknown>, some = 2) {
  const ids = [...rows.keys()];
  for (let i = 0; i < ids.length; i += some) yield ids.slice(i, i + some);
}

/** One of ten records, and how many seconds ago its row says that it changed. */
const write = fc.record({
  kind: fc.constantFrom('put', 'put', 'put', 'remove', 'softly'),
  id: fc.integer({ min: 0, max: 9 }).map((n) => `r${n}`),
  body: fc.constantFrom('', 'a', 'b', 'c'),
  secondsAgo: fc.constantFrom(0, 0, 1, 60, 1_800),
});
type Write = typeof write extends fc.Arbitrary<infer T> ? T : never;

async function apply({ table }: SourceConfig, { kind, id, body, secondsAgo }: Write): Promise<void> {
  if (kind === 'remove') return void (await query(`DELETE FROM ${table} WHERE id = $1`, [id]));
  await query(
    `INSERT INTO ${table} VALUES ($1, $2, clock_timestamp() - $3 * interval '1 second', CASE WHEN $4 THEN now() END)
      ON CONFLICT (id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at, deleted_at = excluded.deleted_at`,
    [id, body, secondsAgo, kind === 'softly'],
  );
}

const round = fc.record({
  writes: fc.array(write, { maxLength: 8 }),
  then: fc.constantFrom('go on', 'go on', 'restart', 'crash', 'compare'),
});

test('whatever is written, what was told comes to what the table holds', { skip }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(round, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 5 }),
      async (rounds, maxChanges) => {
        const source = await newTable('text', { ...CHANGES, compareKeys: '1h' });
        let hours = 1;
        const clock = () => hours * 3_600_000;
        const knownIds = () => idsOf(follower.records);
        const follower = follow(source, { maxChanges, until: 'follow', clock, knownIds });
        // The last of all ids, so that a comparison tells of it after everything else.
        const mark = async (body: string) => {
          await apply(source, { kind: 'put', id: 'z', body, secondsAgo: 0 });
          await follower.until('z', (row) => row?.body === body);
        };
        try {
          for (const [i, { writes, then }] of rounds.entries()) {
            const removed = new Set<string>();
            for (const one of writes) {
              await apply(source, one);
              if (one.kind === 'remove') removed.add(one.id);
              else removed.delete(one.id);
            }
            if (then === 'crash') await follower.read();
            if (then === 'restart' || then === 'crash') await follower.close();
            await mark(`look ${i}`);
            const told = new Map([...follower.records].filter(([id]) => !removed.has(id)));
            assert.deepEqual(sorted(told), await rowsNow(source));
            if (then !== 'compare' && i < rounds.length - 1 && removed.size === 0) continue;
            hours++;
            // One look may be under way that began before the hour was over.
            for (const body of ['before', 'compared']) await mark(`${body} ${i}`);
            assert.deepEqual(sorted(follower.records), await rowsNow(source));
          }
        } finally {
          await follower.close();
        }
      },
    ),
    { numRuns: 25, seed: 20_240_131 },
  );
});
