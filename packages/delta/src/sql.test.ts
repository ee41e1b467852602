import assert from 'node:assert/strict';
import test from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { quoteIdentifier, quoteLiteral } from './sql.ts';

test('any text survives as a literal and as an identifier', async () => {
  const connection = await (await DuckDBInstance.create()).connect();
  const text = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((value) => value.isWellFormed() && !value.includes('\0'));
  await fc.assert(
    fc.asyncProperty(text, text, async (value, name) => {
      const result = await connection.run(`SELECT ${quoteLiteral(value)} AS ${quoteIdentifier(name)}`);
      assert.deepEqual([result.columnNames(), await result.getRows()], [[name], [[value]]]);
    }),
    { numRuns: 200 },
  );
});

test('quotes and comment marks do not end a literal', async () => {
  const connection = await (await DuckDBInstance.create()).connect();
  for (const value of ["'; DROP TABLE t; --", "''", "\\'", '$$', '"', '/*', ':name', '?']) {
    const rows = await (await connection.run(`SELECT ${quoteLiteral(value)}`)).getRows();
    assert.deepEqual(rows, [[value]]);
  }
});

test('the character U+0000, which SQL text cannot hold, is refused', () => {
  assert.throws(() => quoteLiteral('a\0b'), TypeError);
  assert.throws(() => quoteIdentifier('a\0b'), TypeError);
});
