import assert from 'node:assert/strict';
import { openTable, type Snapshot, type TimeTravel } from '../../src/index.ts';
import { assertSameRows, rowsOf } from '../plain.ts';
import { sql, table } from '../spark.ts';

/** Fails unless we read the table, at this version, as Spark does: columns, types, and every value. */
export async function assertReadAlike(root: string, at: { version?: number } = {}): Promise<Snapshot> {
  const travel = at.version === undefined ? '' : ` VERSION AS OF ${at.version}`;
  const theirs = await sql(`SELECT * FROM ${table(root)}${travel}`);
  const snapshot = await openTable(root, at satisfies TimeTravel);
  const types = (fields: { name: string; type: unknown }[]) =>
    fields.map(({ name, type }) => [name, withoutMetadata(type)]);
  assert.deepEqual(types(snapshot.metadata.schema.fields), types(theirs.schema.fields));
  assertSameRows(await rowsOf(snapshot), theirs.rows);
  return snapshot;
}

/** The ids and physical names of column mapping are in the log's schema alone. */
function withoutMetadata(type: unknown): unknown {
  const text = JSON.stringify(type, (key, value: unknown) => (key === 'metadata' ? {} : value));
  return JSON.parse(text);
}
