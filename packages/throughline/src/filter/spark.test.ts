/**
 * On a real Spark, one for all tests of its SQL: random filters over random rows select the rows of the reference and of
 * DuckDB, texts become the values that TypeScript and DuckDB make of them, and any text is a literal and a name.
 */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { quoteLiteral } from '@throughline/delta';
import { connect, type Row, type Session } from '@throughline/spark-connect';
import fc from 'fast-check';
import { nightly } from '../../../../engines/nightly.ts';
import { sharedSparkConnect } from '../../../../engines/spark-connect.ts';
import { SQL_SETTINGS, sparkName, sparkString } from '../engine/spark/sql.ts';
import { sparkValueSql } from '../source/spark-values.ts';
import { textLikeValue } from '../source/testing/text-like-value.ts';
import { parseValue, valueSql } from '../source/typed.ts';
import { evaluate, type FilterRow } from './evaluate.ts';
import type { Filter } from './filter.ts';
import { parseFilter, toSpark } from './index.ts';
import { COLUMNS, filter, string, tableRow } from './testing/arbitrary.ts';
import { fillDuckDb, selectedByDuckDb } from './testing/duckdb-rows.ts';

const SEED = 20240101;
/** A batch for each session by day. */
const FILTERS = nightly ? 100 : 300;
/** So many are asked for in one query. */
const AT_ONCE = 50;
const ROWS = 300;
/** And so many of them once more in a WHERE, which takes Spark ten times as long. */
const IN_WHERE = 10;
/** More files than one: Spark leaves out those whose statistics do not fit. */
const ROWS_OF_A_FILE = 60;

const rows: FilterRow[] = fc.sample(tableRow, { seed: SEED, numRuns: ROWS });

/** Whatever a cluster may have set, and what the tables mean stays the same. */
const ODD_SETTINGS = {
  x: 'a variable',
  'spark.sql.parser.escapedStringLiterals': 'true',
  'spark.sql.ansi.enabled': 'false',
  'spark.sql.session.timeZone': 'Pacific/Apia',
  'spark.sql.optimizer.inSetConversionThreshold': '0',
  'spark.sql.codegen.wholeStage': 'false',
  'spark.sql.codegen.factoryMode': 'NO_CODEGEN',
};

const engine = await sharedSparkConnect();
const skip = engine.ok ? false : engine.reason;

let folder: string;
let duckdb: DuckDBConnection;
/** With Spark's own settings, and with odd ones. */
let sessions: Session[] = [];

// Before what may fail: a server that nobody stops keeps the process.
after(async () => {
  if (!engine.ok) return;
  try {
    for (const session of sessions) await session.close();
    duckdb.closeSync();
    await rm(folder, { recursive: true, force: true });
  } finally {
    await engine.stop();
  }
});

// No hook: in a process that other files share it would run before all of theirs, or not at all.
if (engine.ok) {
  folder = await mkdtemp(join(tmpdir(), 'throughline-spark-filter-'));
  duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  sessions = [await connect(engine.url), await connect(engine.url)];
  await sessions[1]!.config.set(ODD_SETTINGS);
  await fillSpark();
}

async function fillSpark(): Promise<void> {
  await fillDuckDb(duckdb, rows);
  await mkdir(join(folder, 'rows'));
  for (let first = 0; first < ROWS; first += ROWS_OF_A_FILE) {
    const some = `SELECT * FROM filtered WHERE row_number >= ${first} AND row_number < ${first + ROWS_OF_A_FILE}`;
    await writeParquet(some, `rows/${first}.parquet`);
  }
  for (const session of sessions) {
    await session.sql(`SELECT * FROM ${parquet('rows')}`).createTempView('filtered');
  }
}

async function writeParquet(query: string, name: string): Promise<void> {
  await duckdb.run(`COPY (${query}) TO ${quoteLiteral(join(folder, name))} (FORMAT parquet)`);
}

function parquet(name: string): string {
  return `parquet.${sparkName(join(folder, name))}`;
}

async function ask(session: Session, query: string): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of session.sql(query).rows()) all.push(row);
  return all;
}

test('Spark and DuckDB select the rows of the reference, whatever the settings, and conditions are never NULL', {
  skip,
}, async (t) => {
  const filters = fc.sample(filter, { seed: SEED, numRuns: FILTERS });
  let selected = 0;
  for (let first = 0; first < FILTERS; first += AT_ONCE) {
    const some = filters.slice(first, first + AT_ONCE);
    const conditions = some.map((parsed) => toSpark(parsed, sparkName));
    const session = sessions[(first / AT_ONCE) % 2]!;
    const marked = await markedBySpark(session, conditions);
    const found = await foundBySpark(session, conditions.slice(0, IN_WHERE));
    for (const [i, parsed] of some.entries()) {
      const expected = selectedByReference(parsed);
      const message = `${JSON.stringify(parsed)}\n${conditions[i]}`;
      assert.deepEqual(marked[i], expected, message);
      if (i < IN_WHERE) assert.deepEqual(found[i], expected, message);
      assert.deepEqual(await selectedByDuckDb(duckdb, parsed), expected, message);
      selected += expected.length;
    }
  }
  assert.ok(selected > (FILTERS * ROWS) / 10, `${selected} selected`);
  t.diagnostic(`${FILTERS} filters over ${ROWS} rows: all agree; ${selected} of ${FILTERS * ROWS} selected`);
});

function selectedByReference(parsed: Filter): number[] {
  return rows.flatMap((values, index) => (evaluate(parsed, values) ? [index] : []));
}

/** Each condition as a column: the places of the rows where it is true. */
async function markedBySpark(session: Session, conditions: readonly string[]): Promise<number[][]> {
  const columns = conditions.map((condition, i) => `${condition} AS c${i}`);
  const answers = await ask(session, `SELECT row_number AS r, ${columns.join(', ')} FROM filtered`);
  assert.equal(answers.length, ROWS);
  return conditions.map((condition, i) => {
    for (const row of answers) assert.equal(typeof row[`c${i}`], 'boolean', condition);
    return places(answers.filter((row) => row[`c${i}`] === true));
  });
}

/** Each condition in a WHERE, from where Spark hands parts of it to the reader of the files. */
async function foundBySpark(
  session: Session,
  conditions: readonly string[],
  from = 'filtered',
): Promise<number[][]> {
  const selects = conditions.map(
    (condition, i) => `SELECT ${i} AS c, row_number AS r FROM ${from} WHERE ${condition}`,
  );
  const answers = await ask(session, selects.join(' UNION ALL '));
  return conditions.map((_, i) => places(answers.filter(({ c }) => c === i)));
}

function places(answers: readonly Row[]): number[] {
  return answers.map(({ r }) => Number(r)).sort((a, b) => a - b);
}

test('a file that holds no zero but -0.0 is looked into for zeros', { skip }, async () => {
  const zeros = "SELECT i AS row_number, CAST('-0.0' AS DOUBLE) AS amount FROM range(100) AS t(i)";
  await writeParquet(zeros, 'zeros.parquet');
  const all = ['amount == 0.0', 'amount >= 0.0', 'amount <= 0.0', 'amount in [0.0, 1.0]', 'has(amount)'];
  const none = ['amount != 0.0', 'amount < 0.0', 'amount > 0.0', '!(amount in [0.0])'];
  const conditions = [...all, ...none].map((text) => toSpark(parseFilter(text, COLUMNS), sparkName));
  const found = await foundBySpark(sessions[0]!, conditions, parquet('zeros.parquet'));
  assert.deepEqual(
    found.map((places) => places.length),
    [...all.map(() => 100), ...none.map(() => 0)],
  );
});

test('a constant after WHERE is a condition, not the name of a column', { skip }, async () => {
  const [never, always] = [false, true].map((value) => toSpark({ op: 'constant', value }, sparkName));
  assert.deepEqual(await ask(sessions[0]!, `SELECT * FROM (SELECT 1 AS a) WHERE ${never}`), []);
  assert.deepEqual(await ask(sessions[0]!, `SELECT * FROM (SELECT 1 AS a) WHERE ${always}`), [{ a: 1 }]);
});

test('Spark takes a filter of a thousand parts, and one that is nested a hundred times', {
  skip,
}, async () => {
  const parts = Array.from({ length: 1000 }, (_, i) => `count != ${i}`);
  const wide = parts.join(' && ');
  const deep = parts.slice(0, 100).reduce((inner, part, i) => `(${inner} ${i % 2 ? '&&' : '||'} ${part})`);
  const filters = [wide, deep].map((text) => parseFilter(text, COLUMNS));
  const conditions = filters.map((parsed) => toSpark(parsed, sparkName));
  assert.deepEqual(await foundBySpark(sessions[0]!, conditions), filters.map(selectedByReference));
});

test('Spark, DuckDB and TypeScript make the same value of a text', { skip }, async (t) => {
  const texts = fc.sample(textLikeValue, { seed: SEED, numRuns: nightly ? 1000 : 3000 });
  await duckdb.run('CREATE TABLE texts (i INTEGER, x VARCHAR)');
  const appender = await duckdb.createAppender('texts');
  for (const [i, text] of texts.entries()) {
    appender.appendInteger(i);
    appender.appendVarchar(text);
    appender.endRow();
  }
  appender.closeSync();
  await writeParquet('SELECT * FROM texts', 'texts.parquet');
  const types = ['long', 'double', 'boolean', 'string'] as const;
  const select = (sql: typeof valueSql) => types.map((type) => `${sql('x', type)} AS ${type}_`).join(', ');
  const query = `SELECT ${select(valueSql)} FROM texts ORDER BY i`;
  const ours = (await duckdb.runAndReadAll(query)).getRowsJS();
  let values = 0;
  for (const session of sessions) {
    const theirs = await ask(
      session,
      `SELECT ${select(sparkValueSql)} FROM ${parquet('texts.parquet')} ORDER BY i`,
    );
    for (const [i, text] of texts.entries()) {
      const expected = types.map((type) => parseValue(text, type, { zone: 'UTC' }) ?? null);
      expected[3] = text || null; // an empty text is null in the tables
      const message = JSON.stringify(text);
      assert.deepEqual(Object.values(theirs[i]!), expected, `Spark: ${message}`);
      assert.deepEqual(ours[i], expected, `DuckDB: ${message}`);
      values += expected.slice(0, 3).filter((value) => value !== null).length;
    }
  }
  t.diagnostic(`${texts.length} texts: all agree; ${values / 2} numbers and booleans among them`);
});

test('any text is a literal under any settings, and a name where variables are off', { skip }, async () => {
  const texts = fc.sample(fc.oneof(string, fc.string({ unit: 'binary' })), {
    seed: SEED,
    numRuns: nightly ? 200 : 500,
  });
  const literals = texts.map((text, i) => `${sparkString(text)} AS c${i}`).join(', ');
  for (const session of sessions) {
    assert.deepEqual(Object.values((await ask(session, `SELECT ${literals}`))[0]!), texts);
    await session.config.set(SQL_SETTINGS);
    const names = texts.map((text, i) => `${i} ${text}`); // Spark cannot tell names apart by case
    const inner = names.map((name, i) => `${i} AS ${sparkName(name)}`).join(', ');
    const [row] = await ask(session, `SELECT ${names.map(sparkName).join(', ')} FROM (SELECT ${inner})`);
    assert.deepEqual(Object.keys(row!), names);
    await session.config.unset(Object.keys(SQL_SETTINGS));
  }
});
