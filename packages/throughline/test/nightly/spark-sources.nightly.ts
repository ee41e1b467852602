/** Topics and tables that a cluster reads by itself, by the recipes of docs/sources.md: the same lakes as of what is read here. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { Admin, Producer } from '@platformatic/kafka';
import pg from 'pg';
import { parse } from 'yaml';
import { kafka } from '../../../../engines/kafka.ts';
import { postgres } from '../../../../engines/postgres.ts';
import { sparkConnect } from '../../../../engines/spark-connect.ts';
import { type Project, project } from '../project.ts';
import { assertSameLake } from '../same-lake.ts';
import { readBuild } from '../tables.ts';

/** What Spark writes down of statements. */
const events = await mkdtemp(join(tmpdir(), 'throughline-events-'));
const conf = {
  ...{ 'spark.eventLog.enabled': 'true', 'spark.eventLog.dir': `file://${events}` },
  // A pattern of the cluster's own, which Spark redacts where it is asked for by SET.
  'spark.sql.redaction.string.regex': String.raw`(?i)password=\S+`,
};
const server = await sparkConnect({ ...conf, 'spark.eventLog.compress': 'false' }, ['kafka', 'postgres']);
const broker = await kafka();
const database = await postgres();
after(async () => {
  for (const engine of [server, broker, database]) if (engine.ok) await engine.stop();
  await rm(events, { recursive: true, force: true });
});
const missing = [server, broker, database].find(({ ok }) => !ok);
const skip = missing && !missing.ok ? missing.reason : false;
const engine = { spark: server.ok ? server.url : '' };

const PAGE = await readFile(join(import.meta.dirname, '../../../../docs/sources.md'), 'utf8');

/** The n-th example under a heading, as it is written there. */
function recipe(heading: string, n = 0) {
  const section = PAGE.slice(PAGE.indexOf(`\n${heading}\n`));
  return parse([...section.matchAll(/^```yaml\n(.*?)^```$/gms)][n]![1]!);
}

/** Has to end with 0. */
async function map({ call }: Project, ...args: string[]) {
  const { code, json, stderr } = await call('run', '--only', 'map', '--json', ...args);
  assert.equal(code, 0, stderr);
  return json;
}

describe('topics', { skip }, () => {
  let admin: Admin;
  let producer: Producer;
  const bootstrap = broker.ok ? broker.broker : '';
  const client = { clientId: 'test', bootstrapBrokers: [bootstrap], retries: 20, retryDelay: 100 };
  before(() => {
    admin = new Admin(client);
    producer = new Producer(client);
  });
  after(async () => {
    await Promise.all([admin?.close(), producer?.close()]);
  });

  type Message = [key: string, value: string | null, headers?: [name: string, value: string][]];
  const messageOf = (topic: string, [key, value, headers = []]: Message, partition: number) => ({
    ...{ topic, partition, key: Buffer.from(key) },
    ...(value !== null && { value: Buffer.from(value) }),
    headers: new Map(headers.map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
  });
  /** Messages of one key in one partition. */
  async function send(topic: string, ...messages: Message[]) {
    for (const message of messages)
      await producer.send({ messages: [messageOf(topic, message, message[0].length % 3)] });
  }
  const complaint = (n: number, product: string, given: object = {}) =>
    JSON.stringify({
      ...{ subject: `Fee ${n}`, body: `They "charged" fee ${n}\r\ntwice. é😀`, amount: n / 8 },
      ...{ created_at: `2024-01-0${1 + (n % 3)}T10:00:00.25+02:00`, product: 0, ...given },
    }).replace('"product":0', `"product":${product}`);

  async function bothOf(t: TestContext) {
    const [{ source: ours }, { source: theirs }] = [recipe('## Kafka'), recipe('### A topic on a cluster')];
    const chunk = { by: 'created_at', every: '1d' };
    const local = { chunk, source: { path: undefined, ...ours, brokers: bootstrap } };
    const options = { ...theirs.options, 'kafka.bootstrap.servers': bootstrap };
    const onSpark = { chunk, engine, source: { path: undefined, ...theirs, options } };
    return { local, here: await project(t, undefined, local), there: await project(t, undefined, onSpark) };
  }

  test('updates, tombstones, headers, numbers and nested JSON are the same records', async (t) => {
    const topic = 'complaints';
    await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 });
    const origin: Message[2] = [
      ['origin', 'crm'],
      ['other', 'x'],
      ['origin', 'web é'],
    ];
    await send(
      topic,
      ...([
        ['a', complaint(1, '"first"')],
        ['bb', complaint(2, '"deleted"')],
        ['ccc', complaint(3, '"with headers"'), origin],
        ['a', complaint(4, '{ "list": [1, {"b": "é\\""}, 1.50, 1e2, null] }')],
        ['bb', null],
        ['dddd', complaint(5, 'true', { amount: null })],
        ['eeeee', complaint(6, '12345678901234567890')],
        ['f', complaint(7, '1.0', { subject: undefined })],
        ['g', complaint(8, '0.1234567890123456789')],
        ['h', complaint(9, '-0')],
        ['late', complaint(10, '""', { created_at: '2020-02-29' })],
        ['never', null],
        ['moves', complaint(11, '"x"', { created_at: '2024-01-01' })],
        ['moves', complaint(11, '"y"', { created_at: '2024-01-02' })],
        ['no time', complaint(12, '"z"', { created_at: 'soon' })],
      ] as Message[]),
    );
    const transactional = new Producer({ ...client, transactionalId: topic, idempotent: true });
    for (const [end, n] of [
      ['abort', 13],
      ['commit', 14],
    ] as const) {
      const transaction = await transactional.beginTransaction();
      await transaction.send({ messages: [messageOf(topic, ['t', complaint(n, `"${end}"`)], 1)] });
      await transaction[end]();
    }
    await transactional.close();
    const { here, there, local } = await bothOf(t);
    await map(here);
    const first = await map(there);
    assert.deepEqual([first.records, first.deadLetters], [10, 1]);
    await assertSameLake(there, here);
    const { records } = await readBuild(there.lake);
    const found = new Map(records.map((row) => [row._id, row]));
    assert.equal(found.get('a')!.product, '{"list":[1,{"b":"é\\""},1.5,100.0,null]}');
    assert.deepEqual([found.get('ccc')!.origin, found.get('t')!.product], ['web é', 'commit']);
    assert.equal((await map(there)).chunks.done, 0, 'it is read, and nothing has changed');

    await send(topic, ['a', complaint(4, '"again"')], ['g', null], ['new', complaint(15, '"new"')]);
    await map(here);
    const second = await map(there);
    assert.deepEqual([second.chunks.done, second.vanished], [3, []]);
    await assertSameLake(there, here);

    await send(topic, ['late', null]);
    const third = await map(there);
    assert.deepEqual([third.chunks.done, third.vanished], [0, ['d:2020-02-29']]);
    await map(there, '--chunk', 'd:2020-02-29');
    await map(here);
    await assertSameLake(there, here);

    await there.configure(local);
    const fromHere = await map(there);
    assert.deepEqual(
      [fromHere.records, fromHere.embedded],
      [9, 0],
      'another build, of vectors that are there',
    );
    await assertSameLake(there, here);
  });

  test('of a topic between offsets, each message by itself, in ranges of them', async (t) => {
    const topic = 'events';
    await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 });
    const event = (n: number): Message => [
      'x'.repeat(1 + (n % 2)),
      JSON.stringify({ body: `event ${n}`, product: 'p' }),
    ];
    await send(topic, ...Array.from({ length: 20 }, (_, n) => event(n)), ['x', null], ['third', '{"body": ']);
    const { source, chunk } = recipe('### A topic on a cluster', 1);
    assert.ok(broker.ok);
    const { username, password } = broker.sasl;
    const login = {
      'kafka.bootstrap.servers': broker.sasl.broker,
      'kafka.security.protocol': 'SASL_PLAINTEXT',
      'kafka.sasl.mechanism': 'PLAIN',
      'kafka.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required username="${username}" password="${password}";`,
    };
    const between = (ending: object) => ({
      ...{ chunk, engine },
      source: {
        ...{ ...source, path: undefined },
        query: source.query.replace('10000', '4'),
        options: {
          ...source.options,
          ...login,
          startingOffsets: JSON.stringify({ [topic]: { 0: -2, 1: 2, 2: 3 } }),
          endingOffsets: JSON.stringify({ [topic]: ending }),
        },
      },
    });
    const made = await project(t, undefined, between({ 0: -1, 1: 7, 2: -1 }));
    const first = await map(made);
    const places = async () =>
      (await readBuild(made.lake)).records
        .map(({ _id, _text, _chunk }) => `${_id} ${_text} ${_chunk}`)
        .sort();
    const place = (partition: number, offset: number, n: number) =>
      `${partition}-${offset} event ${n} v:${partition}-${Math.floor(offset / 4)}`;
    const ofTwo = [3, 4, 5, 6, 7, 8, 9].map((i) => place(2, i, 2 * i + 1));
    const ofOne = (to: number) =>
      [2, 3, 4, 5, 6, 7, 8, 9].filter((i) => i < to).map((i) => place(1, i, 2 * i));
    assert.deepEqual(await places(), [...ofOne(7), ...ofTwo].sort());
    assert.deepEqual([first.chunks.done, first.deadLetters], [5, 1], 'what is no JSON has no text');
    await made.configure(between({ 0: -1, 1: -1, 2: -1 }));
    assert.equal((await map(made)).chunks.done, 2, 'ranges that were whole are as they were');
    assert.deepEqual(await places(), [...ofOne(10), ...ofTwo].sort());
  });
});

const TABLE = `CREATE TABLE tickets (ticket_id bigint, subject text, body text, created_at timestamptz, local timestamp, day date, n int,
    amount numeric(12,2), share double precision, small real, ok boolean, doc jsonb, raw json, u uuid, a text, b text, c text, d text, e text, f text)`;
const ROWS = [
  `1, 'a "quoted" subject', E'with\\na break, a \\\\ backslash\\r\\nand ''quotes'' \u2028 😀', '2024-01-01 10:00:00.123456+02', '2024-01-01 10:00:00.5',
    '2024-02-29', 1, 1.50, 0.1, 0.1, true, '{"b": 1, "a": [1,2.50]}', '{"b":  1}', '6f1ed002-ab5b-4a1e-8d6d-1d5c0e8f0a11', 'a', 'b', 'c', 'd', 'e', 'f'`,
  `2, NULL, 'no subject', '2024-01-02 00:00:00+00', '1900-01-01'`,
  `3, '', 'empty subject', '2024-06-30 23:59:59.999999+00', '2024-03-31 02:30:00', '0001-01-01', -3, 100, 1, 1e10, false, 'null', '[]'`,
  `2000, 'far', 'outside of the bounds', '1970-01-01 00:00:00+00', '2024-01-01', NULL, NULL, -0.01, 1e300, -0.5`,
  `NULL, 'no id', 'a row without an id', '2024-01-02 00:00:00+00'`,
  `5, 'no time', 'a row without a time', NULL`,
  `6, '  ', NULL, '2024-01-02 00:00:00+00'`,
];

test('a table of Postgres, read by several connections', { skip }, async (t) => {
  if (!database.ok) return;
  const sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  t.after(() => sql.end());
  await sql.query(TABLE);
  for (const row of ROWS) await sql.query(`INSERT INTO tickets VALUES (${row})`);
  const [{ source: ours }, { source: theirs, chunk }] = [
    recipe('## Postgres'),
    recipe('### A table on a cluster'),
  ];
  const double = (name: string) => ({ [name]: { column: name, type: 'double' } });
  const attributes = [
    ...['day', 'n', 'amount', 'ok', 'doc', 'raw', 'u', 'a', 'b', 'c', 'd', 'e', 'f'],
    ...[double('share'), double('small'), { local: { column: 'local', type: 'timestamp' } }],
  ];
  const zoned = { chunk: { ...chunk, zone: 'Europe/Berlin' } };
  const local = { ...zoned, source: { path: undefined, ...ours, url: database.url, attributes } };
  const { host, pathname, username } = new URL(database.url);
  const options = {
    ...{ ...theirs.options, url: `jdbc:postgresql://${host}${pathname}`, user: username },
    ...{ password: database.password, upperBound: '9', numPartitions: '3' },
  };
  const onSpark = { ...zoned, engine, source: { path: undefined, ...theirs, options, attributes } };
  const [here, there] = [await project(t, undefined, local), await project(t, undefined, onSpark)];
  await map(here);
  const first = await map(there);
  assert.deepEqual([first.records, first.deadLetters], [4, 3]);
  await assertSameLake(there, here);

  await sql.query(`UPDATE tickets SET body = 'updated' WHERE ticket_id = 1; DELETE FROM tickets WHERE ticket_id = 6;
    UPDATE tickets SET created_at = '2024-01-02' WHERE ticket_id = 3; INSERT INTO tickets VALUES (7, 'late', 'late', '2024-06-30 21:00:00+00')`);
  await map(here);
  const second = await map(there);
  assert.deepEqual(second.vanished, ['d:2024-07-01']);
  await assertSameLake(there, here);

  await there.configure({
    ...onSpark,
    source: { ...onSpark.source, options: { ...options, password: 'NOT-it' } },
  });
  const refused = await there.call('run', '--json');
  assert.equal(refused.code, 69);
  assert.match(refused.json.error.message, /password authentication failed/);

  await there.configure(local);
  const again = await map(there);
  assert.equal(again.embedded, 0, 'another build, of vectors that are there');
  const logs = (await readdir(events, { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  );
  const texts = await Promise.all(
    logs.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')),
  );
  const told = [...texts, refused.stdout, refused.stderr].join('\n');
  assert.match(told, /CREATE OR REPLACE TEMPORARY VIEW tl_source USING `jdbc`/);
  assert.ok(broker.ok);
  for (const secret of [database.password, broker.sasl.password, 'NOT-it'])
    assert.ok(!told.includes(secret), 'no password is told');
});
