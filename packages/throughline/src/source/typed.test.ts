import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { textLikeValue } from './testing/text-like-value.ts';
import { parseValue, valueSql } from './typed.ts';

const UTC = { zone: 'UTC' };

test('text becomes a value of the type, or nothing', () => {
  assert.equal(parseValue(' 42 ', 'long', UTC), 42n);
  assert.equal(parseValue('+7', 'long', UTC), 7n);
  assert.equal(parseValue('4.2', 'long', UTC), undefined);
  assert.equal(parseValue('.5e2', 'double', UTC), 50);
  assert.equal(parseValue('1e999', 'double', UTC), undefined);
  assert.equal(parseValue('Yes', 'boolean', UTC), true);
  assert.equal(parseValue('maybe', 'boolean', UTC), undefined);
  assert.equal(parseValue('2024-01-01', 'timestamp', UTC), 1_704_067_200_000_000n);
});

test('a long row of digits that is no number is refused in one pass', () => {
  assert.equal(parseValue(`${'1'.repeat(1_000_000)}x`, 'double', UTC), undefined);
});

test('DuckDB reads every text as TypeScript does', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const texts = textLikeValue.map((text) => text.replaceAll('\0', '')); // a parameter cannot hold it
  await fc.assert(
    fc.asyncProperty(texts, fc.constantFrom('long', 'double', 'boolean'), async (text, type) => {
      const reader = await connection.runAndReadAll(
        `SELECT ${valueSql('x', type)} FROM (SELECT $1::VARCHAR AS x)`,
        [text],
      );
      assert.equal(
        reader.getRowsJS()[0]![0] ?? undefined,
        parseValue(text, type, UTC),
        JSON.stringify([text, type]),
      );
    }),
    { numRuns: 500 },
  );
});
