import assert from 'node:assert/strict';
import test from 'node:test';
import { DuckDBDataChunk, FLOAT, LIST } from '@duckdb/node-api';
import type { ColumnValues } from './column-batch.ts';
import { fillFloatLists, readFloatLists } from './float-list.ts';
import { array, field } from './schema.ts';

const FIELD = field('v', array('float'));
const floats = (...values: number[]) => new Float32Array(values);

function through(
  chunk: DuckDBDataChunk,
  values: ColumnValues,
  rows: { from: number; to: number; of: number },
): unknown {
  chunk.reset();
  chunk.rowCount = rows.to - rows.from;
  fillFloatLists(chunk, 0, FIELD, values, rows);
  return readFloatLists(chunk, 0);
}

test('rows out of the middle of a batch are copied, and no others', () => {
  const chunk = DuckDBDataChunk.create([LIST(FLOAT)]);
  const values = floats(1, 2, 3, 4, 5, 6);
  assert.deepEqual(through(chunk, values, { from: 1, to: 3, of: 3 }), floats(3, 4, 5, 6));
  assert.deepEqual(through(chunk, [floats(1), floats(2, 3), null], { from: 1, to: 3, of: 3 }), [
    floats(2, 3),
    null,
  ]);
});

test('a chunk that is used again remembers no null and no list of the batch before', () => {
  const chunk = DuckDBDataChunk.create([LIST(FLOAT)]);
  const nulls = Array.from({ length: 100 }, () => null);
  assert.deepEqual(through(chunk, nulls, { from: 0, to: 100, of: 100 }), nulls);
  assert.deepEqual(through(chunk, floats(7, 8), { from: 0, to: 2, of: 2 }), floats(7, 8));
});
