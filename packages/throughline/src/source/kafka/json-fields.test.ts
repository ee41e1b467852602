import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { fieldText, jsonObject } from './json-fields.ts';

/** How the reader of JSON Lines gets a field. */
const AS_JSONL = `SELECT CASE WHEN json_valid($1) AND json_type($1) = 'OBJECT' THEN json_extract_string($1, '$."k"') END AS text`;

test('a field is the same text as in a line of JSON Lines', async () => {
  const connection = await (await DuckDBInstance.create()).connect();
  const statement = await connection.prepare(AS_JSONL);
  const asJsonl = async (line: string) => {
    statement.bindVarchar(1, line);
    return (await statement.runAndReadAll()).getRows()[0]![0];
  };
  const same = async (line: string) => {
    const object = jsonObject(line);
    assert.equal(object === undefined ? null : fieldText(object.k), await asJsonl(line), line);
  };
  const numbers = [
    '0',
    '-0',
    '-0.0',
    '1.0',
    '1.50',
    '1e3',
    '1E+3',
    '0.1e1',
    '1e21',
    '1.5e300',
    '1e-7',
    '0.000001',
    '1e400',
  ];
  const long = ['12345678901234567890', '-123456789012345678901234567890', '123456789012345680000.5'];
  const values = [
    ...numbers,
    ...long,
    'true',
    'false',
    'null',
    '"a\\u0000\\n\\u2028é"',
    '[ ]',
    '{"a": [1.0, 1e3 ]}',
  ];
  for (const value of values) await same(`{"k": ${value}}`);
  for (const line of ['[1]', '"k"', '12', '', '{', '{"k":1}x', '{"other":1}', ' {"k":1} ']) await same(line);
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), (value) => same(JSON.stringify({ a: 1, k: value }))),
    { numRuns: 300, seed: 1 },
  );
  connection.closeSync();
});

test('half a character is no text, wherever it is', () => {
  for (const line of ['{"k":"\\ud800"}', '{"k":{"a":["\\udc00"]}}', '{"\\ud800":1}'])
    assert.equal(jsonObject(line), undefined, line);
});
