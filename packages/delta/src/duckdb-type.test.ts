import assert from 'node:assert/strict';
import test from 'node:test';
import { withSession } from './duckdb.ts';
import { duckdbType, sqlType } from './duckdb-type.ts';
import { array, type DataType, field, struct } from './schema.ts';

const TYPES: DataType[] = [
  ...([
    'string',
    'long',
    'integer',
    'short',
    'byte',
    'float',
    'double',
    'boolean',
    'binary',
    'date',
  ] as const),
  'timestamp',
  'timestamp_ntz',
  'decimal(38,10)',
  array('float'),
  struct([field('a "quoted" name', 'long'), field("it's", array('string'))]),
  { type: 'map', keyType: 'string', valueType: array('double'), valueContainsNull: true },
];

test('a type in SQL is the type of the API', async () => {
  await withSession(undefined, async (connection) => {
    for (const type of TYPES) {
      const result = await connection.run(`SELECT CAST(NULL AS ${sqlType(type)})`);
      assert.equal(result.columnType(0).toString(), duckdbType(type).toString());
    }
  });
});

test('a type that is none is refused by name', () => {
  assert.throws(() => duckdbType('variant' as DataType), { code: 'UNSUPPORTED_FEATURE' });
});
