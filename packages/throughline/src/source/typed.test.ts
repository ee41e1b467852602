import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
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

test('DuckDB reads every text as TypeScript does', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const texts = fc
    .oneof(
      fc.stringMatching(/^[ \t+-]?[0-9.eE+-]{0,8}[ \n]?$/),
      fc.double().map(String),
      fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }).map(String),
      fc.constantFrom(
        'TRUE',
        'no',
        ' y',
        't ',
        '1',
        '',
        'ﬁve',
        'NaN',
        'inf',
        'Infinity',
        '1_000',
        '0x10',
        '\u00a07',
      ),
      fc.string(),
    )
    .map((text) => text.replaceAll('\0', ''));
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
