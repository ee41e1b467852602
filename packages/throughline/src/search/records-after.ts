/** The records of an index as they are after some have changed, as a table of DuckDB. */
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { quoteIdentifier } from '@throughline/delta';
import type { ColumnType } from '../config/index.ts';
import type { FilterRow } from '../filter/evaluate.ts';
import type { ChangedRecords } from './columns.ts';

export interface RecordsAfter extends AsyncDisposable {
  /** In brackets. */
  sql: string;
}

interface Made {
  ready: Promise<void>;
  users: number;
}

/**
 * Tables beside `records` of a connection, made once for each moment that is asked for. They are removed when nobody asks that moment
 * any more and another one is newer.
 */
export function recordsAfterChanges(
  connection: DuckDBConnection,
): (changed: ChangedRecords) => Promise<RecordsAfter> {
  const tables = new Map<number, Made>();
  const removeUnused = async () => {
    const newest = Math.max(...tables.keys());
    for (const [moment, { users }] of tables) {
      if (users > 0 || moment === newest) continue;
      tables.delete(moment);
      for (const name of namesOf(moment)) await connection.run(`DROP TABLE IF EXISTS ${name}`);
    }
  };
  return async (changed) => {
    const { moment } = changed;
    const of = tables.get(moment) ?? { ready: makeTables(connection, changed), users: 0 };
    tables.set(moment, of);
    of.users++;
    await of.ready.catch((error) => {
      tables.delete(moment);
      throw error;
    });
    const [gone, come] = namesOf(moment);
    return {
      sql: `(SELECT * FROM records WHERE _record NOT IN (SELECT _record FROM ${gone})
        UNION ALL BY NAME SELECT *, md5_number_lower(_id) AS _record FROM ${come})`,
      async [Symbol.asyncDispose]() {
        of.users--;
        await removeUnused();
      },
    };
  };
}

function namesOf(moment: number): [gone: string, come: string] {
  return [`gone_${moment}`, `come_${moment}`];
}

async function makeTables(connection: DuckDBConnection, changed: ChangedRecords): Promise<void> {
  const [gone, come] = namesOf(changed.moment);
  const columns = changed.attributes.map(({ name, type }) => ({ name, type }));
  const all = [
    ...(['_chunk', '_id'] as const).map((name) => ({ name, type: 'string' as const })),
    { name: '_at', type: 'timestamp' as const },
    ...columns,
  ];
  const names = all.map(({ name }) => quoteIdentifier(name)).join(', ');
  await connection.run(`CREATE OR REPLACE TABLE ids_${gone} (_id VARCHAR)`);
  const ids = await connection.createAppender(`ids_${gone}`);
  for (const id of changed.gone()) {
    ids.appendVarchar(id);
    ids.endRow();
  }
  ids.closeSync();
  await connection.run(
    `CREATE OR REPLACE TABLE ${gone} AS SELECT DISTINCT md5_number_lower(_id) AS _record FROM ids_${gone}; DROP TABLE ids_${gone}`,
  );
  await connection.run(`CREATE OR REPLACE TABLE ${come} AS SELECT ${names} FROM records LIMIT 0`);
  const { DuckDBTimestampTZValue } = await import('@duckdb/node-api');
  const rows = await connection.createAppender(come);
  for (const row of changed.rows()) {
    for (const { name, type } of all)
      appendCell(rows, row[name] ?? null, type, (micros) => new DuckDBTimestampTZValue(micros));
    rows.endRow();
  }
  rows.closeSync();
}

function appendCell(
  rows: DuckDBAppender,
  value: FilterRow[string],
  type: ColumnType,
  timeOf: (micros: bigint) => import('@duckdb/node-api').DuckDBTimestampTZValue,
): void {
  if (value === null) rows.appendNull();
  else if (type === 'string') rows.appendVarchar(String(value));
  else if (type === 'boolean') rows.appendBoolean(value === true);
  else if (type === 'double') rows.appendDouble(Number(value));
  else if (type === 'long') rows.appendBigInt(BigInt(value));
  else rows.appendTimestampTZ(timeOf(BigInt(value)));
}
