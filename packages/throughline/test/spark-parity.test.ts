/** The same pipeline on both engines: equal tables, bit by bit, and each goes on where the other ended. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { quoteLiteral } from '@throughline/delta';
import { connect } from '@throughline/spark-connect';
import { nightly } from '../../../engines/nightly.ts';
import { sharedSparkConnect } from '../../../engines/spark-connect.ts';
import { openSession } from '../src/engine/spark/cluster.ts';
import { markForgotten } from '../src/lake/forgotten.ts';
import { openLake } from '../src/lake/lake.ts';
import { type Case, bothEngines as onBothEngines } from './both-engines.ts';
import { complaints, toCsv } from './complaints.ts';
import { DATA as PROGRAM_DATA, PROGRAMS, writePrograms } from './mapper-programs.ts';
import { type Project, project } from './project.ts';
import { promotedTables } from './same-lake.ts';
import { readBuild } from './tables.ts';

const server = await sharedSparkConnect();
after(async () => {
  if (server.ok) await server.stop();
});
const skip = server.ok ? false : server.reason;
const url = () => (server.ok ? server.url : '');
const bothEngines = (t: TestContext, of: Case) => onBothEngines(t, url(), of);

const HEADER = 'complaint_id,narrative,date_received,product,issue,company,state\n';
const WEEKS = { chunk: { by: 'date_received', every: '7d' } };

const HOSTILE = [
  '1,"a ""quoted"" text,\nwith a line break\r\nand another. 😀 \u2028 Straße",2024-01-01,x,i,c,s',
  '2,plain text,2024-01-01T10:00:00+02:00,x,"",c,s',
  '3,  blanks around  ,2024-01-09, x ,i,c,s',
  '4,,2024-01-09,x,i,c,s',
  '5,"   ",2024-01-09,x,i,c,s',
  '6,no time,,x,i,c,s',
  '7,a time that is none,2024-02-31,x,i,c,s',
  ',no id,2024-01-10,x,i,c,s',
  '8,first of two,2024-01-10,x,i,c,s',
  '8,second of two,2024-01-10,x,i,c,s',
  '9,"tab\there, back\\slash, $' + '{x}, :name, ? and \'quotes\'",2024-01-11,"p\\",i,c,s',
  '10,plain text,2024-01-16,y,i,c,s',
  '١١,"שלום עולם",2024-01-16,y,i,c,s',
].join('\n');

test('texts, ids, times and duplicates that are hard to read', { skip: skip || nightly }, async (t) => {
  const { ours } = await bothEngines(t, { data: `${HEADER}${HOSTILE}\n`, change: WEEKS, planned: true });
  assert.deepEqual([ours.records, ours.deadLetters], [7, 6]);
});

test('a filter with times, and the steps of a transform', { skip: skip || nightly }, async (t) => {
  await bothEngines(t, {
    data: `${HEADER}${HOSTILE}\n`,
    change: {
      ...WEEKS,
      source: {
        filter:
          'date_received >= timestamp("2024-01-01T09:00:00Z") && product != "y" || complaint_id == "10"',
      },
      transform: [{ drop_nulls: ['text'] }, { dedupe: 'text' }, { normalise: 'text' }],
    },
  });
});

test('rows of records that were forgotten, in a partitioned folder', { skip }, async (t) => {
  const { ours, spark } = await bothEngines(t, {
    data: async (made) => {
      await mkdir(join(made.folder, 'company=a%2Fb 1/state=__HIVE_DEFAULT_PARTITION__'), { recursive: true });
      await made.write(
        'company=a%2Fb 1/state=__HIVE_DEFAULT_PARTITION__/data.csv',
        `${HEADER.replace(',state', ',other')}${HOSTILE}\n`,
      );
      const lake = await openLake(made.lake, 'hostile', randomUUID);
      await markForgotten(lake, new Set(['2', '8', '١١']), Date.now);
    },
    change: { ...WEEKS, source: { path: 'company=*/**/*.csv' } },
  });
  assert.deepEqual([ours.filtered, ours.records, ours.deadLetters], [4, 4, 5]);
  const { records } = await readBuild(spark.lake);
  assert.deepEqual([...new Set(records.map(({ company, state }) => `${company} ${state}`))], ['a/b 1 null']);
});

const MORE = { more: { column: 'more', optional: true } };
const NOWHERE = { nowhere: { column: 'nowhere', optional: true } };

test('columns in the names of folders, which stand before those of the files; optional ones', {
  skip: skip || nightly,
}, async (t) => {
  const folders = [
    'product=x%3A y/at=2024-01-01 10%3A00%3A00',
    'product=__HIVE_DEFAULT_PARTITION__/at=2024-01-09',
    "product=it's + [1],{2}/at=2024-01-16",
  ];
  const text = (i: number) => ({ complaint_id: `${i}`, narrative: `text ${i}` });
  const lines = (...rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n');
  const csv = (header: string, ...rows: string[]) => [header, ...rows, ''].join('\n');
  const contents: Record<string, string[]> = {
    csv: [
      csv('complaint_id,narrative,n', '1,text 1,a', '2,text 2,b'),
      csv('complaint_id,at,narrative,n', '3,1999-01-01,text 3,c'),
      csv('complaint_id,narrative,n,more', '4,text 4,d,yes'),
      csv('complaint_id,narrative,n,product,at', '5,text 5,e,own,2024-01-17'),
    ],
    jsonl: [
      lines({ ...text(1), n: 'a' }, { ...text(2), n: 'b', product: 'no' }),
      lines({ ...text(3), n: 'c', at: '1999-01-01' }),
      lines({ ...text(4), n: 'd', more: 'yes' }),
      lines({ ...text(5), n: 'e', product: 'own', at: '2024-01-17' }),
    ],
    parquet: [
      "SELECT unnest(['1', '2']) AS complaint_id, unnest(['text 1', 'text 2']) AS narrative, unnest(['a', 'b']) AS n",
      "SELECT '3' AS complaint_id, 'text 3' AS narrative, 'c' AS n, '1999-01-01' AS at",
      "SELECT '4' AS complaint_id, 'text 4' AS narrative, 'd' AS n, 'yes' AS more",
      "SELECT '5' AS complaint_id, 'text 5' AS narrative, 'e' AS n, 'own' AS product, '2024-01-17' AS at",
    ],
  };
  for (const [type, files] of Object.entries(contents)) {
    const change = {
      source: { type, path: `in/**/*.${type}`, timestamp: 'at', attributes: ['product', 'n', MORE, NOWHERE] },
      chunk: { by: 'at', every: '7d' },
      quality: type === 'jsonl' ? [] : [{ check: 'schema' }],
    };
    const { spark } = await bothEngines(t, {
      change,
      data: async ({ folder }) => {
        for (const [i, content] of files.entries()) {
          const place = join(folder, 'in', folders[i] ?? '');
          await mkdir(place, { recursive: true });
          await writeRows(join(place, `part.${type}`), content);
        }
      },
    });
    const { records } = await readBuild(spark.lake);
    const cells = records.map(({ _id, n, product, more, nowhere, _at }) => [
      _id,
      n,
      product,
      more,
      nowhere,
      _at,
    ]);
    const found = cells.map((row) => row.join(' ')).sort();
    assert.deepEqual(found, [
      '1 a x: y   1704103200000000',
      '2 b x: y   1704103200000000',
      '3 c    1704758400000000',
      "4 d it's + [1],{2} yes  1705363200000000",
      '5 e own   1705449600000000',
    ]);
    if (type === 'csv') {
      await writeRows(
        join(spark.folder, 'in/later.csv'),
        csv('complaint_id,narrative,n,product,at,late', '6,text 6,f,own,2024-01-17,now'),
      );
      await spark.configure({
        ...{ ...change, quality: [{ check: 'schema', added: 'add' }], engine: { spark: url() } },
      });
      const { code, stderr } = await spark.call('run');
      assert.equal(code, 0, stderr);
      const added = (await readBuild(spark.lake)).records.map(({ _id, late }) => [_id, late]);
      assert.deepEqual(added.sort().slice(-2), [
        ['5', null],
        ['6', 'now'],
      ]);
    }
    if (type !== 'jsonl') continue;
    await rm(join(spark.folder, 'in/part.jsonl'));
    await writeRows(join(spark.folder, 'in/loose.jsonl'), files[2]!);
    await spark.configure({ ...change, engine: { spark: url() } });
    const { code, json } = await spark.call('plan', '--json');
    assert.deepEqual([code, json.error.code], [78, 'column_missing']);
    assert.match(json.error.message, /^in\/loose\.jsonl has no column "(at|product)"/);
  }
});

test("the user's own functions in transform, split and model", { skip: skip || nightly }, async (t) => {
  const sql = { sql: "SELECT * FROM input WHERE narrative <> ''" };
  const { ours } = await bothEngines(t, {
    data: async (made) => {
      await made.write('data.csv', PROGRAM_DATA);
      await writePrograms(made);
    },
    change: { ...PROGRAMS, transform: [...PROGRAMS.transform, sql, { command: ['python3', 'twice.py'] }] },
    planned: nightly === false,
  });
  // As on one machine alone: see commands.test.ts.
  assert.deepEqual([ours.records, ours.deadLetters, ours.dropped], [31, 7, 2]);
});

test('SQL of the user, for each chunk by itself', { skip: skip || nightly }, async (t) => {
  const { ours } = await bothEngines(t, {
    data: toCsv(complaints(120)),
    change: {
      transform: [
        {
          sql: `SELECT min(complaint_id) AS complaint_id, max(narrative) AS narrative, date_received, product,
                 max(issue) AS issue, CAST(count(*) AS VARCHAR(9)) AS company, max(state) AS state
               FROM input GROUP BY product, date_received;`,
        },
        { dedupe: 'company' },
      ],
    },
  });
  assert.ok(ours.dropped > 0);
});

test('several steps of SQL, where rows of one id have nulls, and attributes with names of ours', {
  skip: skip || nightly,
}, async (t) => {
  const rows = [
    '1,text,2024-01-01,,-0',
    '1,text,2024-01-01,b,1',
    '1,text,2024-01-01,c,',
    '2,more,2025-01-01,,2e300',
  ];
  const { ours, spark } = await bothEngines(t, {
    data: `complaint_id,narrative,date_received,product,n\n${rows.join('\n')}\n`,
    change: {
      source: {
        attributes: [{ chunk: 'product' }, { part: { column: 'n', type: 'double' } }, { idx: 'product' }],
      },
      transform: [
        { sql: 'SELECT * FROM input' },
        { sql: "SELECT * FROM input WHERE product IS NULL OR product <> 'c'" },
      ],
    },
  });
  assert.deepEqual([ours.records, ours.deadLetters, ours.dropped], [2, 1, 1]);
  const { records } = await readBuild(spark.lake);
  const [first] = records.filter(({ _id }) => _id === '1');
  assert.ok(Object.is(first!.part, -0), 'the sign of a zero is kept');
});

test('JSON lines without ids, by value', { skip: skip || nightly }, async (t) => {
  const rows = [
    { narrative: 'same', product: 'x', n: 1.5 },
    { narrative: 'same', product: 'x', n: 1.5 },
    { narrative: 'other', product: 'y/1', n: '7', ok: true },
    { narrative: 'no product', product: null },
    { narrative: 'more', product: 'ä b%', ok: 'no' },
  ];
  await bothEngines(t, {
    data: async ({ write }) =>
      write('data.jsonl', `${rows.map((row) => JSON.stringify(row)).join('\n\n')}\n`),
    change: {
      source: {
        ...{ type: 'jsonl', path: 'data.jsonl', id: undefined, timestamp: undefined },
        attributes: [
          'product',
          { n: { column: 'n', type: 'double' } },
          { ok: { column: 'ok', type: 'boolean' } },
        ],
      },
      chunk: { by: 'product' },
    },
  });
});

test('a key that no line has is misspelt, one that is null is not', { skip: skip || nightly }, async (t) => {
  const made = await project(t, undefined, {
    ...{ engine: { spark: url() }, chunk: undefined },
    source: {
      type: 'jsonl',
      path: 'data.jsonl',
      id: undefined,
      timestamp: undefined,
      attributes: ['product'],
    },
  });
  await made.write('data.jsonl', '{"narrative":"a text","product":null}\nno object\n');
  assert.equal((await made.call('run', '--only', 'map', '--json')).code, 0);
  await made.write('data.jsonl', '{"narrative":"a text","produkt":"x"}\nno object\n');
  const { code, json } = await made.call('run', '--only', 'map', '--json');
  assert.deepEqual([code, json.error.code], [78, 'column_missing']);
  assert.match(json.error.message, /"product" \(did you mean "produkt"\?\)/);
});

/** A Parquet file of what a SELECT gives, or any other as it is. */
async function writeRows(path: string, content: string): Promise<void> {
  if (!path.endsWith('.parquet')) return await writeFile(path, content);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`COPY (${content}) TO ${quoteLiteral(path)} (FORMAT parquet)`);
  instance.closeSync();
}

test('Parquet with types, in ranges of rows', { skip: skip || nightly }, async (t) => {
  const data = ({ folder }: Project) =>
    writeRows(
      join(folder, 'data.parquet'),
      `SELECT i AS complaint_id, 'text number ' || (i % 200) AS narrative,
      TIMESTAMPTZ '2024-01-01 00:00:00+00' + INTERVAL (i) MINUTE AS seen, (i % 7)::BIGINT AS n, i / 8 AS share, i % 3 = 0 AS ok, DATE '2024-01-01' + (i % 9)::INTEGER AS day
      FROM range(500) r(i)`,
    );
  const source = {
    ...{ type: 'parquet', path: 'data.parquet', timestamp: undefined },
    attributes: [
      { n: { column: 'n', type: 'long' } },
      { share: { column: 'share', type: 'double' } },
      { ok: { column: 'ok', type: 'boolean' } },
      { seen: { column: 'seen', type: 'timestamp' } },
      'day',
    ],
  };
  const change = {
    source: { ...source, filter: 'n < 6 && seen < timestamp("2024-01-01T08:00:00Z")' },
    chunk: undefined,
  };
  await bothEngines(t, { data, change, planned: true });
});

test('a table that the cluster reads by itself, shaped by a query', { skip: skip || nightly }, async (t) => {
  const local = await project(t, `${HEADER}${HOSTILE}\n`, WEEKS);
  assert.equal((await local.call('run', '--only', 'map', '--json')).code, 0);
  const promoted = await promotedTables(local.lake);
  const made = await project(t, undefined, {
    chunk: { by: 'product' },
    engine: { spark: url() },
    source: {
      ...{ type: 'spark', path: undefined, reader: 'delta', options: { path: promoted.records! } },
      query: 'SELECT _id AS complaint_id, _text AS narrative, product, _at AS date_received FROM input;',
      attributes: ['product'],
    },
  });
  const first = await made.call('run', '--only', 'map', '--json');
  assert.equal(first.code, 0, first.stderr);
  const texts = async ({ lake }: Project) =>
    (await readBuild(lake)).records.map(({ _id, _text, _at }) => `${_id} ${_text} ${_at}`).sort();
  assert.deepEqual(await texts(made), await texts(local));
  const second = await made.call('run', '--only', 'map', '--json');
  assert.deepEqual([second.code, second.json.chunks.done], [0, 0], 'it is read, and nothing has changed');
});

test('a Delta table, which each engine reads itself', { skip: skip || nightly }, async (t) => {
  const table = await project(t, `${HEADER}${HOSTILE}\n`, WEEKS);
  assert.equal((await table.call('run', '--only', 'map', '--json')).code, 0);
  const { records } = await promotedTables(table.lake);
  const source = {
    type: 'delta',
    path: records,
    id: '_id',
    text: '_text',
    timestamp: '_at',
    attributes: ['product'],
  };
  const { ours } = await bothEngines(t, {
    data: async () => {},
    change: { source, chunk: { by: '_at', every: '7d' } },
  });
  assert.equal(ours.records, 7);
});

test('CSV without a header', { skip: skip || nightly }, async (t) => {
  const source = {
    ...{ header: false, id: 'column1', text: 'column2', timestamp: 'column3' },
    attributes: [{ product: 'column4' }],
  };
  const change = { source, chunk: { by: 'column3', every: '7d' } };
  const { ours } = await bothEngines(t, { data: `${HOSTILE}\n`, change, planned: true });
  assert.equal(ours.records, 7);
});

test('a source of the cluster needs a cluster, a column to cut it by, and models of files', {
  skip,
}, async (t) => {
  const source = { type: 'spark', path: undefined, reader: 'delta', options: { path: '/nowhere' } };
  const local = await project(t, undefined, { source });
  const refused = await local.call('run', '--json');
  assert.deepEqual([refused.code, refused.json.error.code], [78, 'config_invalid']);
  await local.write('data.csv', HEADER);
  await local.configure({
    ...{ engine: { spark: url() }, chunk: undefined },
    source: {
      ...{ ...source, reader: 'csv', timestamp: undefined },
      options: { path: join(local.folder, 'data.csv'), header: 'true' },
    },
  });
  const uncut = await local.call('run', '--json');
  assert.deepEqual([uncut.code, uncut.json.error.code], [78, 'config_invalid']);
  assert.match(uncut.json.error.message, /chunk\.by/);
  const api = await project(t, HEADER, {
    engine: { spark: url() },
    embed: { model: 'openai:text-embedding-3-small' },
  });
  assert.equal((await api.call('run', '--json')).code, 78);
});

test('a session that is lost between two queries is told as one that is lost in a query', {
  skip,
}, async () => {
  await using opened = await openSession(url(), {});
  const same = await connect(url(), { sessionId: opened.session.id });
  await same.close();
  const lost = { code: 'spark_session_lost', exitCode: 75 };
  await assert.rejects(opened.set({ 'spark.sql.shuffle.partitions': '1' }), lost);
  await assert.rejects(opened.schema('SELECT 1'), lost);
});

test('a chunk that left the source is emptied where it is named', { skip: skip || nightly }, async (t) => {
  const made = await project(t, `${HEADER}${HOSTILE}\n`, { ...WEEKS, engine: { spark: url() } });
  assert.equal((await made.call('run', '--only', 'map', '--json')).code, 0);
  await made.write('data.csv', `${HEADER}1,other,2024-01-01,x,i,c,s\n`);
  const kept = await made.call('run', '--only', 'map', '--json');
  // The rows without a time are emptied by themselves.
  assert.deepEqual([kept.json.chunks.done, kept.json.vanished], [2, ['d:2024-01-08', 'd:2024-01-15']]);
  const emptied = await made.call(
    'run',
    '--only',
    'map',
    '--json',
    '--chunk',
    'd:2024-01-08',
    'd:2024-01-15',
  );
  assert.equal(emptied.code, 0, emptied.stderr);
  const { records } = await readBuild(made.lake);
  assert.deepEqual(
    records.map(({ _text }) => _text),
    ['other'],
  );
});
