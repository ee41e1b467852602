import assert from 'node:assert/strict';
import test from 'node:test';
import { withSession } from './duckdb.ts';
import { joinColumns } from './from-vector.ts';

const floats = (...values: number[]) => new Float32Array(values);

test('vectors of one width join into one array', () => {
  const parts = [
    { rows: 1, values: floats(1, 2) },
    { rows: 2, values: floats(3, 4, 5, 6) },
  ];
  assert.deepEqual(joinColumns(parts), floats(1, 2, 3, 4, 5, 6));
});

test('vectors of several widths, or with nulls, join into one array a row', () => {
  assert.deepEqual(
    joinColumns([
      { rows: 2, values: floats(1, 2) },
      { rows: 1, values: floats(3, 4) },
      { rows: 1, values: [null] },
    ]),
    [floats(1), floats(2), floats(3, 4), null],
  );
});

test('other columns join as they are', () => {
  const parts = [
    { rows: 2, values: ['a', null] },
    { rows: 1, values: ['b'] },
  ];
  assert.deepEqual(joinColumns(parts), ['a', null, 'b']);
});

test('a byte order mark at the beginning of a text is part of it', async () => {
  await withSession(undefined, async (connection) => {
    const result = await connection.run("SELECT chr(65279) || 'x', [chr(65279)]");
    assert.deepEqual(await result.getRowsJson(), [['\ufeffx', ['\ufeff']]]);
  });
});
