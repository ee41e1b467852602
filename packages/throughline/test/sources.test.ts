/** Sources that are no files: a Delta table and a Postgres database, against the same rows as CSV. */
import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { commit, createTable, field, openTable, struct, writeParquet } from '@throughline/delta';
import pg from 'pg';
import { type Postgres, postgres } from '../../../engines/postgres.ts';
import type { Plan } from '../src/run/plan.ts';
import { begun } from './begun.ts';
import { type Complaint, complaints, HEADER, toCsv } from './complaints.ts';
import { type Project, project } from './project.ts';

const server = await postgres();
const skip = server.ok ? false : server.reason;
let database: Postgres;
let url: string;
before(async () => {
  if (!server.ok) return;
  database = server;
  url = await database.createDatabase('sources');
});
after(async () => {
  if (server.ok) await server.stop();
});

const ROWS = complaints(200);
const SMALL = ['--only', 'map'];

interface Compared {
  equal: boolean;
}

const CHANGED = 'Line one\r\n"quoted", and\ttabs; \u2028 ünïcode';
/** What the sources hold in the end. */
const RESULT = [{ ...ROWS[0]!, narrative: CHANGED }, ...ROWS.slice(2)];
const ofCsv = begun(toCsv(RESULT), {}, ['run', ...SMALL, '--json']);

/** A lake of the same rows as CSV, which the other has to equal. */
async function assertSameAsCsv(made: Project): Promise<void> {
  const csv = (await ofCsv()).made;
  const { code, json, stderr } = await csv.call<Compared>('compare', csv.lake, made.lake, '--json');
  assert.deepEqual([code, json?.equal], [0, true], stderr);
}

const SCHEMA = struct(HEADER.map((name) => field(name, 'string')));

async function append(root: string, rows: readonly Complaint[], directory: string): Promise<void> {
  const table = await createTable(root, { schema: SCHEMA });
  const columns = Object.fromEntries(HEADER.map((name) => [name, rows.map((row) => row[name])]));
  const place = { root, schema: SCHEMA, partitionColumns: [], partition: {}, directory };
  await commit(table, {
    operation: 'WRITE',
    add: await writeParquet(place, [{ rows: rows.length, columns }]),
  });
}

test('a Delta table is a source: its version is what was read, and a new one brings its changes', async (t) => {
  const source = { type: 'delta', path: 'table' };
  const made = await project(t, undefined, { source });
  const root = join(made.folder, 'table');
  await append(root, RESULT.slice(0, 150), 'first');
  const first = await made.call('run', ...SMALL, '--json');
  assert.deepEqual([first.code, first.json.records], [0, 150], first.stderr);
  const again = await made.call('run', ...SMALL, '--json');
  assert.deepEqual([again.code, again.json.chunks.done], [0, 0]);
  await append(root, RESULT.slice(150), 'second');
  assert.equal((await made.call('run', ...SMALL)).code, 0);
  await assertSameAsCsv(made);
  const { version } = await openTable(root);
  await made.configure({ source: { ...source, version: version - 1 } });
  const past = await made.call<Plan>('plan', '--json');
  assert.deepEqual([past.code, past.json.sourceRows], [0, 150], past.stderr);
  await made.configure({ source: { type: 'delta', path: 'nowhere' } });
  assert.equal((await made.call('plan')).code, 66);
});

async function query(sql: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql, values);
  } finally {
    await client.end();
  }
}

/** `"Odd Name"` and its like have to be quoted everywhere. */
async function fillTable(table: string, rows: readonly Complaint[]): Promise<void> {
  await query(`DROP TABLE IF EXISTS ${table}`);
  await query(
    `CREATE TABLE ${table} (complaint_id bigint PRIMARY KEY, date_received timestamptz, ${HEADER.slice(2)
      .map((name) => `${name} text`)
      .join(', ')}, updated timestamptz DEFAULT now())`,
  );
  await insert(table, rows);
}

async function insert(table: string, rows: readonly Complaint[]): Promise<void> {
  await query(
    `INSERT INTO ${table} (${HEADER.join(', ')}) SELECT ${HEADER.map((name) =>
      name === 'complaint_id'
        ? `(r->>'${name}')::bigint`
        : name === 'date_received'
          ? `(r->>'${name}')::timestamptz`
          : `r->>'${name}'`,
    ).join(', ')} FROM jsonb_array_elements($1::jsonb) AS r`,
    [JSON.stringify(rows)],
  );
}

test('a Postgres table is a source: inserts, updates and deletes arrive, and nothing else is done again', {
  skip,
}, async (t) => {
  const table = 'public."Complaints of Mine"';
  await fillTable(table, ROWS.slice(0, 180));
  const source = { type: 'postgres', path: undefined, url: `\${DATABASE_URL}`, table };
  const made = await project(t, undefined, { source });
  const run = (...args: string[]) => made.run('run', ...SMALL, ...args, '--json');
  process.env.DATABASE_URL = url;
  t.after(() => delete process.env.DATABASE_URL);
  const first = await run();
  assert.deepEqual([first.code, first.json.records], [0, 180], first.stderr);
  assert.doesNotMatch(first.stdout + first.stderr, /p%40ss/);
  await insert(table, ROWS.slice(180));
  await query(`UPDATE ${table} SET narrative = '${CHANGED}' WHERE complaint_id = ${ROWS[0]!.complaint_id}`);
  await query(`DELETE FROM ${table} WHERE complaint_id = ${ROWS[1]!.complaint_id}`);
  const second = await run();
  assert.equal(second.code, 0, second.stderr);
  assert.ok(second.json.embedded < 60, `${second.json.embedded} embedded`);
  await assertSameAsCsv(made);
  const third = await run();
  assert.deepEqual([third.code, third.json.chunks.done], [0, 0]);
});

test('a query is read-only, a view is read, and what is not there is told without the password', {
  skip,
}, async (t) => {
  await fillTable('complaints', ROWS.slice(0, 50));
  process.env.DATABASE_URL = url;
  t.after(() => delete process.env.DATABASE_URL);
  const place = { type: 'postgres', path: undefined, url: `\${DATABASE_URL}` };
  const made = await project(t, undefined, {
    source: { ...place, query: "SELECT * FROM complaints WHERE product <> 'x'" },
  });
  const rows = async (source: Record<string, unknown>) => {
    await made.configure({ source: { ...place, ...source } });
    const { code, json, stderr } = await made.call<Plan>('plan', '--json');
    assert.doesNotMatch(stderr, /p@ss|p%40ss/);
    return code === 0 ? json.sourceRows : `${code} ${stderr}`;
  };
  assert.equal(await rows({ query: 'SELECT * FROM complaints ORDER BY complaint_id LIMIT 20;' }), 20);
  await query('CREATE OR REPLACE VIEW seen AS SELECT * FROM complaints WHERE complaint_id > 0');
  assert.equal(await rows({ table: 'seen' }), 50);
  assert.match(String(await rows({ query: 'DELETE FROM complaints RETURNING *' })), /^78 /);
  assert.match(
    String(await rows({ query: "SELECT nextval('no_such'), c.* FROM complaints c" })),
    /^(66|78) /,
  );
  const two =
    'SELECT 1 AS complaint_id) AS s; COMMIT; DROP TABLE complaints; SELECT * FROM (SELECT 1 AS complaint_id';
  assert.match(String(await rows({ query: two })), /^78 .*multiple commands/);
  assert.match(String(await rows({ table: 'no_such' })), /^66 .*there is no table no_such/);
  assert.match(String(await rows({ table: 'complaints; DROP TABLE complaints' })), /^(66|78) /);
  assert.equal(await rows({ table: 'complaints' }), 50);
  assert.match(
    String(await rows({ table: 'complaints', text: 'narative' })),
    /^78 .*did you mean "narrative"/,
  );
  await made.configure({
    source: { ...place, table: 'complaints', id: 'complaint_id', changes: { watermark: 'narrative' } },
  });
  const doctor = await made.call('doctor', '--json');
  assert.match(doctor.stdout + doctor.stderr, /narrative is a text, not a time/);
  process.env.DATABASE_URL = 'postgres://nobody:secret@127.0.0.1:1/none';
  const gone = String(await rows({ table: 'complaints' }));
  assert.match(gone, /^75 .*127\.0\.0\.1:1\/none/);
  assert.doesNotMatch(gone, /secret/);
});

test('a table without a time is cut by a column that is named, and by nothing else', { skip }, async (t) => {
  await fillTable('timeless', ROWS.slice(0, 30));
  process.env.DATABASE_URL = url;
  t.after(() => delete process.env.DATABASE_URL);
  const source = {
    type: 'postgres',
    path: undefined,
    url: `\${DATABASE_URL}`,
    table: 'timeless',
    timestamp: undefined,
  };
  const made = await project(t, undefined, { source, chunk: undefined });
  const refused = await made.call('plan');
  assert.deepEqual(
    [refused.code, /needs the column by which its rows are cut/.test(refused.stderr)],
    [78, true],
  );
  await made.configure({ source, chunk: { by: 'product' } });
  const { code, json, stderr } = await made.call<Plan>('plan', '--json');
  assert.deepEqual([code, json.sourceRows], [0, 30], stderr);
});

test('the first row may have any line break, and another copy of a table is another table', {
  skip,
}, async (t) => {
  await fillTable('breaks', [
    { ...ROWS[0]!, narrative: 'first\r\nsecond\rthird\nfourth' },
    ...ROWS.slice(1, 20),
  ]);
  process.env.DATABASE_URL = url;
  t.after(() => delete process.env.DATABASE_URL);
  const source = { type: 'postgres', path: undefined, url: `\${DATABASE_URL}`, table: 'breaks' };
  const made = await project(t, undefined, { source });
  const { code, json, stderr } = await made.call('run', ...SMALL, '--json');
  assert.deepEqual([code, json.records], [0, 20], stderr);
  const delta = await project(t, undefined, { source: { type: 'delta', path: 'a' } });
  await append(join(delta.folder, 'a'), ROWS.slice(0, 10), 'first');
  await cp(join(delta.folder, 'a'), join(delta.folder, 'b'), { recursive: true });
  await append(join(delta.folder, 'a'), ROWS.slice(10, 11), 'second');
  await append(join(delta.folder, 'b'), ROWS.slice(11, 13), 'second');
  assert.equal((await delta.call('run', ...SMALL)).code, 0);
  await delta.configure({ source: { type: 'delta', path: 'b' } });
  const other = await delta.call('run', ...SMALL, '--json');
  assert.ok(other.json.chunks.done > 0, other.stderr);
});

test('a large table is copied by several connections from one snapshot', { skip }, async (t) => {
  await query('DROP TABLE IF EXISTS large');
  await query(
    `CREATE TABLE large AS SELECT g AS complaint_id, timestamptz '2024-01-01' + g * interval '10 minutes' AS date_received, repeat(md5(g::text), 12) AS narrative,
      'p' || g % 5 AS product, '' AS issue, NULL::text AS company, 'CA' AS state FROM generate_series(1, 60000) g`,
  );
  process.env.DATABASE_URL = url;
  t.after(() => delete process.env.DATABASE_URL);
  const source = { type: 'postgres', path: undefined, url: `\${DATABASE_URL}`, table: 'large' };
  const made = await project(t, undefined, { source, chunk: { by: 'date_received', every: '1M' } });
  const { code, json, stderr } = await made.call<Plan>('plan', '--json');
  assert.deepEqual([code, json.sourceRows, json.due.rows], [0, 60_000, 60_000], stderr);
});
