/** Changes of tables in a real server: what they come to, and what is held of them. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import pg from 'pg';
import { postgres } from '../../../../../engines/postgres.ts';
import { parseConfig, type SourceConfig } from '../../config/index.ts';
import { openSession } from '../../engine/local/session.ts';
import { schemaChanges } from '../../quality/index.ts';
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
  return new Follower((options) => openPostgresFeed(source, { clock: () => 1_000, ...options, ...more }), {
    maxChanges,
    until,
  });
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
  body: fc.constantFrom<string>('', 'a', 'b', 'c'),
  secondsAgo: fc.constantFrom<number>(0, 0, 1, 60, 1_800),
});

async function apply(
  { table }: SourceConfig,
  { kind, id, body, secondsAgo }: typeof write extends fc.Arbitrary<infer T> ? T : never,
): Promise<void> {
  if (kind === 'remove') return void (await query(`DELETE FROM ${table} WHERE id = $1`, [id]));
  await query(
    `INSERT INTO ${table} VALUES ($1, $2, clock_timestamp() - $3 * interval '1 second', CASE WHEN $4 THEN now() END)
      ON CONFLICT (id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at, deleted_at = excluded.deleted_at`,
    [id, body, secondsAgo, kind === 'softly'],
  );
}

const round = fc.record({
  writes: fc.array(write, { maxLength: 8 }),
  next: fc.constantFrom('go on', 'go on', 'restart', 'crash', 'compare'),
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
          for (const [i, { writes, next }] of rounds.entries()) {
            const removed = new Set<string>();
            for (const one of writes) {
              await apply(source, one);
              if (one.kind === 'remove') removed.add(one.id);
              else removed.delete(one.id);
            }
            if (next === 'crash') await follower.read();
            if (next === 'restart' || next === 'crash') await follower.close();
            await mark(`look ${i}`);
            const told = new Map([...follower.records].filter(([id]) => !removed.has(id)));
            assert.deepEqual(sorted(told), await rowsNow(source));
            if (next !== 'compare' && i < rounds.length - 1 && removed.size === 0) continue;
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

test('a table is read in order of its watermarks, and rows of the same one across batches', {
  skip,
}, async () => {
  const source = await newTable('bigint');
  await query(
    `INSERT INTO ${source.table} SELECT g, 'text ' || g, timestamptz '2024-01-01' + g / 7 * interval '1 microsecond' FROM generate_series(1, 40) g`,
  );
  const follower = follow(source, { maxChanges: 3 });
  const changes = await follower.toEnd();
  const order = changes.map((change) => change.kind === 'upsert' && Number(change.row.id));
  assert.deepEqual(
    order,
    Array.from({ length: 40 }, (_, i) => i + 1),
  );
  const newest = Date.UTC(2024, 0, 1) * 1_000 + 5;
  // Rows of one watermark in several batches: each is at least one microsecond on.
  assert.ok(follower.positions.get(`postgres:${source.table}`)! - newest < 20);
  assert.equal(follower.batches.at(-1)!.newestAt, Date.UTC(2024, 0, 1));
  assert.deepEqual([follower.batches[0]!.after, follower.batches[0]!.to], [null, newest - 5]);
});

test('a transaction that was open during a look is told of by the next one', { skip }, async (t) => {
  const source = await newTable();
  const late = new pg.Client(url);
  await late.connect();
  t.after(() => late.end());
  await late.query('BEGIN');
  await late.query(`INSERT INTO ${source.table} VALUES ('late', 'x', now())`);
  // A time to come does not hide what changes before it.
  await query(`INSERT INTO ${source.table} VALUES ('far', 'x', '4000-01-01')`);
  const follower = follow(source, { until: 'follow' });
  t.after(() => follower.close());
  await apply(source, { kind: 'put', id: 'early', body: 'y', secondsAgo: 0 });
  await follower.until('far', (row) => row !== undefined);
  await late.query('COMMIT');
  await follower.until('late', (row) => row !== undefined);
  const [first, second] = follower.batches;
  assert.deepEqual([second!.after, second!.to], [first!.to, first!.to + 1]);
  assert.deepEqual(
    second!.changes.map((change) => change.kind === 'upsert' && change.row.id),
    ['late'],
  );
});

test('a look ends with what was there when it began, so that the next one looks behind it', {
  skip,
}, async (t) => {
  const source = await newTable('text', { watermark: 'updated_at', overlap: '100ms' });
  const [{ base }] = await query("SELECT clock_timestamp() - interval '10 milliseconds' AS base");
  const put = (id: string, ms: number) =>
    query(`INSERT INTO ${source.table} VALUES ($1, 'x', $2::timestamptz + $3 * interval '1 millisecond')`, [
      id,
      base,
      ms,
    ]);
  for (const [i, id] of ['a', 'b', 'c'].entries()) await put(id, 2 * i);
  const follower = follow(source, { until: 'follow', maxChanges: 1 });
  t.after(() => follower.close());
  await follower.until('b', (row) => row !== undefined);
  await put('late', 1);
  await query('SELECT pg_sleep(0.3)');
  await put('d', 300);
  await follower.until('d', (row) => row !== undefined);
  assert.ok(follower.records.has('late'));
});

test('old rows are read once, however many have one watermark; clocks that are behind hide no row', {
  skip,
}, async (t) => {
  const source = await newTable('text', { watermark: 'updated_at', overlap: '1m' });
  await query(
    `INSERT INTO ${source.table} SELECT 'old ' || g, 'x', timestamptz '2024-01-01' FROM generate_series(1, 50) g`,
  );
  const follower = follow(source, { until: 'follow' });
  t.after(() => follower.close());
  await follower.until('old 9', (row) => row !== undefined);
  const asked = t.mock.method(pg.Client.prototype, 'query');
  for (const [id, secondsAgo] of [
    ['hour', 3_600],
    ['late', 3_630],
  ] as const) {
    await apply(source, { kind: 'put', id, body: 'x', secondsAgo });
    await follower.until(id, (row) => row !== undefined);
  }
  const results = asked.mock.calls.map(({ result }) => result as unknown as Promise<pg.QueryResult>);
  const read = (await Promise.all(results)).flatMap(({ rows }) => rows.filter(([id]) => /^old/.test(id)));
  assert.deepEqual(read, []);
});

test('columns are those that the table has now, with their types', { skip }, async () => {
  const source = await newTable();
  const stop = new AbortController();
  await using feed = await openPostgresFeed(source, {
    ...{ clock: () => 1_000, maxChanges: 10, until: 'end', everyMs: 1, signal: stop.signal },
    positionOf: async () => null,
  });
  const before = await feed.columns();
  await query(`ALTER TABLE ${source.table} ADD COLUMN region text`);
  await query(`ALTER TABLE ${source.table} ALTER COLUMN body TYPE varchar(40)`);
  assert.deepEqual(
    schemaChanges(before!, (await feed.columns())!).map(({ text }) => text),
    ['body is character varying, was text', 'new region'],
  );
  stop.abort();
});

test('a row of the overlap is told of again only when it is another, or to another process', {
  skip,
}, async (t) => {
  const source = await newTable();
  const put = (id: string, body: string) => apply(source, { kind: 'put', id, body, secondsAgo: 0 });
  for (const id of ['a', 'b', 'c']) await put(id, 'x');
  const follower = follow(source, { until: 'follow' });
  t.after(() => follower.close());
  await follower.until('c', (row) => row !== undefined);
  // Written, and yet the same in what is read.
  await put('a', 'x');
  await put('b', 'y');
  await follower.until('b', (row) => row?.body === 'y');
  assert.deepEqual(follower.batches[1]!.changes, [{ kind: 'upsert', row: { id: 'b', body: 'y' } }]);
  await follower.close();
  await put('d', 'x');
  await follower.until('d', (row) => row !== undefined);
  assert.equal(follower.batches[2]!.changes.length, 4);
});

test('a row without a usable time is told of at the start, or by its key', { skip }, async () => {
  const source = await newTable('text', { ...CHANGES, compareKeys: '1h' });
  const insert = (id: string, time: string | null) =>
    query(`INSERT INTO ${source.table} VALUES ($1, 'x', $2)`, [id, time]);
  await insert('null', null);
  await insert('never', '-infinity');
  await insert('zero', '0001-01-01');
  await insert('ever', 'infinity');
  await insert('far', '4000-01-01');
  const run = async (follower: Follower) =>
    (await follower.toEnd()).map((change) => (change.kind === 'upsert' ? change.row.id : change)).join(' ');
  const plain = follow(source, { maxChanges: 2 });
  assert.equal(await run(plain), 'never null zero far ever');
  const position = plain.positions.get(`postgres:${source.table}`)!;
  assert.ok(position / 1_000 <= Date.now() + 60_000);
  await insert('null 2', null);
  await insert('early', '2000-01-01');
  await apply(source, { kind: 'put', id: 'now', body: 'x', secondsAgo: 0 });
  assert.equal(await run(plain), 'now far ever');
  const keyed = follow(source, { maxChanges: 2, knownIds: () => idsOf(plain.records) });
  keyed.positions.set(`postgres:${source.table}`, plain.positions.get(`postgres:${source.table}`)!);
  assert.equal(await run(keyed), 'now far ever early null 2');
});

test('a comparison of keys does not repeat rows that never become records, and empties nothing', {
  skip,
}, async (t) => {
  const source = await newTable('bigint', { ...CHANGES, compareKeys: '1h' });
  await query(
    `INSERT INTO ${source.table} SELECT g, 'x', CASE WHEN g > 3 THEN now() END FROM generate_series(1, 9) g`,
  );
  let hours = 1;
  const kept = () => new Map([...follower.records].filter(([id]) => Number(id) > 3));
  let compared = 0;
  const follower: Follower = follow(source, {
    until: 'follow',
    clock: () => hours * 3_600_000,
    async *knownIds(table) {
      if (table === 'records') compared++;
      yield* idsOf(kept());
    },
  });
  t.after(() => follower.close());
  const put = async (body: string) => {
    await query(`UPDATE ${source.table} SET body = $1, updated_at = clock_timestamp() WHERE id = 9`, [body]);
    await follower.until('9', (row) => row?.body === body);
  };
  const told = async (body: string) => {
    const before = [follower.batches.length, compared] as const;
    hours++;
    // The look with the second one begins after the comparison.
    await put(`${body} 1`);
    await put(`${body} 2`);
    assert.equal(compared, before[1] + 1);
    return follower.batches
      .slice(before[0])
      .filter(({ stream }) => stream.endsWith('/keys'))
      .flatMap(({ changes }) => changes.map((one) => (one.kind === 'upsert' ? one.row.id : one)));
  };
  await put('start');
  assert.deepEqual(await told('first'), ['1', '2', '3']);
  assert.deepEqual(await told('second'), []);
  await query(`UPDATE ${source.table} SET body = 'other' WHERE id = 2`);
  await query(`DELETE FROM ${source.table} WHERE id = 5`);
  assert.deepEqual(await told('third'), [{ kind: 'delete', id: '5' }, '2']);
  await query(`INSERT INTO ${source.table} VALUES (5, 'x', now())`);
  await follower.until('5', (row) => row !== undefined);
  await follower.close();
  await query(`DELETE FROM ${source.table}`);
  const last = follow(source, { knownIds: () => idsOf(follower.records) });
  for (const [stream, position] of follower.positions) last.positions.set(stream, position);
  assert.deepEqual(await last.toEnd(), []);
});

test('a comparison of keys mends what a kill between two tables has left in one of them', {
  skip,
}, async () => {
  const source = await newTable('bigint', { ...CHANGES, compareKeys: '1h' });
  await query(`INSERT INTO ${source.table} SELECT g, 'x', NULL FROM generate_series(1, 3) g`);
  const has = { records: ['1', '2'], passages: ['1', '4'] };
  const follower = follow(source, {
    async *knownIds(table) {
      yield has[table];
    },
  });
  follower.positions.set(`postgres:${source.table}`, 86_400_000_000);
  const told = (await follower.toEnd()).map((one) => (one.kind === 'upsert' ? one.row.id : one));
  assert.deepEqual(told, [{ kind: 'delete', id: '4' }, '2', '3']);
});

const TYPES = [
  ['bigint', '9007199254740993'],
  ['numeric', '1.50'],
  ['double precision', '0.1'],
  ['real', '1e-20'],
  ['boolean', 'true'],
  ['date', '2024-02-29'],
  ['timestamptz', '2024-06-30T12:00:00.000001+05:30'],
  ['timestamp', '2024-06-30 12:00'],
  ['time', '23:59:59.5'],
  ['interval', '1 year 2 days 03:04:05'],
  ['bytea', '\\x00ff'],
  ['uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ['json', '{"a":  [1, "b\\n"]}'],
  ['jsonb', '{"a":  [1, "b\\n"]}'],
  ['text[]', '{a,"b c",NULL}'],
  ['inet', '192.168.0.1/24'],
  ['char(5)', 'ab'],
  ['mood', 'not so bad'],
  ['text', 'Line one\r\n"quoted", \\. and\ttabs; \u2028 ünïcode \r end '],
  ['text', ''],
  ['text', '\\.'],
] as const;

test('a row has the same texts, whether it is copied or followed', { skip }, async () => {
  await query("CREATE TYPE mood AS ENUM ('good', 'not so bad')");
  const names = TYPES.map((_, i) => `Column ${i}`);
  const columns = TYPES.map(([type], i) => `"Column ${i}" ${type}`).join(', ');
  await query(
    `CREATE TABLE public."All Types" (id uuid DEFAULT gen_random_uuid(), ${columns}, "Updated At" timestamp DEFAULT now())`,
  );
  const values = TYPES.map((_, i) => `$${i + 1}`).join(', ');
  await query(
    `INSERT INTO "All Types" (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${values})`,
    TYPES.map(([, value]) => value),
  );
  await query('INSERT INTO "All Types" DEFAULT VALUES');
  const source = sourceOf({
    table: 'public."All Types"',
    text: names,
    timestamp: 'Updated At',
    changes: { watermark: 'Updated At' },
  });
  const wanted = ['id', 'Updated At', ...names];
  await using session = await openSession();
  const { sql } = await copyRows(source, wanted, { directory: session.directory });
  const copied = await session.query(`SELECT * FROM ${sql} ORDER BY id`);
  const follower = follow(source);
  await follower.toEnd();
  assert.deepEqual([...sorted(follower.records).values()], copied);
  assert.equal(copied.length, 2);
});

test('a large table is read a batch at a time', { skip }, async (t) => {
  const source = await newTable('bigint', { watermark: 'updated_at', compareKeys: '1h' });
  await query(
    `INSERT INTO ${source.table} SELECT g, 'x', timestamptz '2024-01-01' + g % 1000 * interval '1 minute' FROM generate_series(1, 200000) g`,
  );
  await query(`CREATE INDEX ON ${source.table} (updated_at, id)`);
  await query(`ANALYZE ${source.table}`);
  const asked = t.mock.method(pg.Client.prototype, 'query');
  const ids = new Set<string>();
  const maxChanges = 10_000;
  const follower = follow(source, { maxChanges });
  for (let batch = await follower.read(); batch !== undefined; batch = await follower.read())
    for (const change of batch.changes) if (change.kind === 'upsert') ids.add(change.row.id!);
  await follower.close();
  assert.equal(ids.size, 200_000);
  const results = await Promise.all(
    asked.mock.calls.map(({ result }) => result as unknown as Promise<pg.QueryResult>),
  );
  assert.equal(Math.max(...results.map(({ rows }) => rows?.length ?? 0)), maxChanges);
  // Of the comparison too.
  const known = () => idsOf(new Map([...ids].slice(50_000).map((id) => [id, null])), 1_000);
  const compared = follow(source, { maxChanges, knownIds: known });
  compared.positions.set(`postgres:${source.table}`, Date.UTC(2025, 0, 1) * 1_000);
  assert.equal((await compared.toEnd()).length, 50_000);
});

test('a connection that is lost is opened again, and the stream goes on', { skip }, async (t) => {
  const source = await newTable();
  for (const id of ['a', 'b', 'c', 'd']) await apply(source, { kind: 'put', id, body: 'x', secondsAgo: 0 });
  const follower = follow(source, { maxChanges: 1 });
  t.after(() => follower.close());
  await follower.until('b', (row) => row !== undefined);
  await query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'throughline' AND pid <> pg_backend_pid()",
  );
  const rest = await follower.toEnd();
  assert.deepEqual(
    rest.map((change) => change.kind === 'upsert' && change.row.id),
    ['c', 'd'],
  );
});

test('what is asked to stop ends in the middle of a query', { skip }, async () => {
  const { table } = await newTable();
  await query(`INSERT INTO ${table} VALUES ('a', 'x', now())`);
  const slow = sourceOf({
    query: `SELECT * FROM ${table} WHERE pg_sleep(3600) IS NOT NULL`,
    changes: CHANGES,
  });
  const stop = new AbortController();
  const options = { maxChanges: 1, until: 'end', everyMs: 1, clock: () => 0, signal: stop.signal } as const;
  await using feed = await openPostgresFeed(slow, { ...options, positionOf: async () => null });
  const next = feed.batches()[Symbol.asyncIterator]().next();
  const isRunning = async () =>
    (
      await query(
        "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%max(%pg_sleep(3600)%' AND pid <> pg_backend_pid()",
      )
    ).length;
  while ((await isRunning()) === 0);
  stop.abort();
  assert.equal((await next).done, true);
});

test('what cannot be followed is refused, with what to do', { skip }, async () => {
  const { table } = await newTable();
  const refused = (more: object) =>
    follow(sourceOf({ table, changes: CHANGES, ...more }))
      .read()
      .then(
        () => 'read',
        (error) => `${error.exitCode} ${error.message} ${error.hint}`,
      );
  assert.match(
    await refused({ changes: { watermark: 'body' } }),
    /^78 source.changes.watermark: body is a text, not a time .*to_timestamp/,
  );
  assert.match(await refused({ changes: { watermark: 'update_at' } }), /^78 .*did you mean "updated_at"/);
  assert.match(await refused({ changes: { ...CHANGES, deleted: 'gone' } }), /^78 .*no column "gone"/);
  assert.match(await refused({ table: 'nowhere' }), /^66 /);
});

/** Runs that copied a source, kept in a list. */
function copiesOf(positions: number[], stream: string) {
  const kept = new Set(positions.map((position, i) => ({ run: `r${i}`, stream, position })));
  let isWhole = true;
  return {
    kept,
    setWhole: (whole: boolean) => {
      isWhole = whole;
    },
    pending: async () => [...kept],
    consumed: async (copies: readonly object[]) => {
      for (const copy of copies) kept.delete(copy as never);
    },
    isWhole: async () => isWhole,
  };
}

test('what has changed since runs copied the table is told of once more, and again if that was interrupted', {
  skip,
}, async () => {
  const source = await newTable();
  for (let i = 0; i < 6; i++)
    await apply(source, { kind: 'put', id: `r${i}`, body: 'x', secondsAgo: 60 - i });
  const stream = `postgres:${source.table}`;
  const plain = follow(source, { maxChanges: 2 });
  await plain.toEnd();
  const position = plain.positions.get(stream)!;
  const copies = copiesOf([position - 2_000_000, position - 1_000_000], stream);
  const again = follow(source, { maxChanges: 2, copies });
  again.positions.set(stream, position);
  again.commit((await again.read())!);
  await again.read();
  await again.close();
  assert.equal(copies.kept.size, 2);
  const told = await again.toEnd();
  assert.equal(copies.kept.size, 0);
  // The overlap of an hour is told of in any case.
  assert.equal(told.length, 6);
  assert.deepEqual(again.batches.map(({ newestAt, behind }) => [newestAt, behind]).slice(-3), [
    [undefined, 1],
    [undefined, 1],
    [undefined, 1],
  ]);
});

test('before the history is whole a comparison of keys deletes, and adds nothing', { skip }, async () => {
  const source = await newTable('text', { ...CHANGES, compareKeys: '1h' });
  await query(`INSERT INTO ${source.table} VALUES ('old', 'x', '2020-01-01'), ('new', 'x', now())`);
  const stream = `postgres:${source.table}`;
  const copies = copiesOf([], stream);
  copies.setWhole(false);
  const known = new Map([['gone', 1]]);
  const clock = () => Date.now();
  const follower = follow(source, { maxChanges: 1, copies, knownIds: () => idsOf(known), clock });
  follower.positions.set(stream, Date.now() * 1_000);
  const ids = (changes: Awaited<ReturnType<Follower['toEnd']>>) =>
    changes.map((one) => (one.kind === 'upsert' ? one.row.id : one));
  assert.deepEqual(ids(await follower.toEnd()), ['new', { kind: 'delete', id: 'gone' }]);
  copies.setWhole(true);
  const keys = follower.positions.get(`${stream}/keys`)!;
  // The time of a comparison is committed with its last batch.
  const half = follow(source, { maxChanges: 1, copies, knownIds: () => idsOf(new Map()), clock });
  half.positions.set(stream, Date.now() * 1_000).set(`${stream}/keys`, keys);
  for (let i = 0; i < 2; i++) half.commit((await half.read())!);
  await half.close();
  assert.equal(half.positions.get(`${stream}/keys`), keys + 1);
});
