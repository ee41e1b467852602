/** Rows in a table of DuckDB, and which of them a filter selects there. */
import assert from 'node:assert/strict';
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import { toDuckDb } from '../duckdb.ts';
import type { FilterRow } from '../evaluate.ts';
import type { Filter, FilterType } from '../filter.ts';
import { COLUMNS } from './arbitrary.ts';

const SQL_TYPES: Record<FilterType, DuckDBType> = {
  string: VARCHAR,
  long: BIGINT,
  double: DOUBLE,
  boolean: BOOLEAN,
  timestamp: BIGINT,
};

/** Makes the table `filtered`: `row_number`, the place of the row, and the COLUMNS. */
export async function fillDuckDb(duckdb: DuckDBConnection, rows: readonly FilterRow[]): Promise<void> {
  const names = Object.keys(COLUMNS);
  const types = Object.values(COLUMNS).map((type) => SQL_TYPES[type]);
  await duckdb.run(
    `CREATE TABLE raw (row_number INTEGER, ${names.map((n, i) => `${n} ${types[i]}`).join(', ')})`,
  );
  const insert = await duckdb.prepare(`INSERT INTO raw VALUES (?, ${names.map(() => '?').join(', ')})`);
  for (const [index, values] of rows.entries()) {
    insert.bind([index, ...names.map((name): DuckDBValue => values[name] ?? null)], [INTEGER, ...types]);
    await insert.run();
  }
  await duckdb.run(`CREATE TABLE filtered AS SELECT * REPLACE (
    make_timestamptz(created) AS created, make_timestamptz(updated) AS updated) FROM raw`);
}

/** The places of the rows that the filter selects, in order; its condition is not NULL for any. */
export async function selectedByDuckDb(duckdb: DuckDBConnection, parsed: Filter): Promise<number[]> {
  const condition = toDuckDb(parsed, (name) => `"${name}"`);
  const reader = await duckdb.runAndReadAll(
    `SELECT row_number, ${condition} AS selected FROM filtered ORDER BY row_number`,
  );
  const answers = reader.getRows();
  for (const [, selected] of answers) assert.notEqual(selected, null, `${condition} is NULL`);
  return answers.filter(([, selected]) => selected === true).map(([index]) => index as number);
}
