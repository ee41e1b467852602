import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { withSession } from './duckdb.ts';
import type { DataType } from './schema.ts';
import { array, field } from './schema.ts';
import { collectStats, lowerBound, upperBound } from './stats.ts';

async function statsOf(type: DataType, values: string): Promise<string> {
  return withSession(undefined, async (connection) => {
    await connection.run(`CREATE TEMP TABLE t AS SELECT x FROM (VALUES ${values}) AS v(x)`);
    return collectStats(connection, 't', [field('x', type)]);
  });
}
const bounds = async (type: DataType, values: string) => {
  const { minValues, maxValues } = JSON.parse(await statsOf(type, values)) as Record<
    string,
    Record<string, unknown>
  >;
  return [minValues!.x, maxValues!.x];
};

const byCodePoint = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

test('bounds of cut strings hold for every string, and have at most 33 characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      fc.pre(text.isWellFormed());
      const [low, high] = [lowerBound(text), upperBound(text)];
      assert.ok(byCodePoint(low, text) <= 0 && [...low].length <= 32);
      if (high !== undefined) assert.ok(byCodePoint(high, text) >= 0 && [...high].length <= 33);
    }),
    { numRuns: 1000 },
  );
});

test('a string that no cut bound can be above has no upper bound', () => {
  const highest = '\u{10ffff}'.repeat(40);
  assert.equal(upperBound(highest), undefined);
  assert.equal(upperBound('a'.repeat(40)), `${'a'.repeat(32)}\u{10ffff}`);
  assert.equal(upperBound('a'.repeat(32)), 'a'.repeat(32));
});

test('rows and nulls are counted, and long integers are exact', async () => {
  assert.equal(
    await statsOf('long', '(9223372036854775807), (NULL), (-9007199254740993)'),
    '{"numRecords":3,"minValues":{"x":-9007199254740993},"maxValues":{"x":9223372036854775807},"nullCount":{"x":1}}',
  );
});

test('timestamps are rounded to milliseconds outwards', async () => {
  const at = (text: string) => `(TIMESTAMPTZ '${text}+00')`;
  const values = `${at('2024-01-01 00:00:00.000001')}, ${at('2024-01-02 00:00:00.000001')}`;
  assert.deepEqual(await bounds('timestamp', values), [
    '2024-01-01T00:00:00.000Z',
    '2024-01-02T00:00:00.001Z',
  ]);
  const early = `${at('1969-12-31 23:59:59.999999')}`;
  assert.deepEqual(await bounds('timestamp', early), [
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00.000Z',
  ]);
});

test('dates are days, and what has no text that all readers know has no bounds', async () => {
  assert.deepEqual(await bounds('date', "(DATE '2024-02-29'), (DATE '1999-01-01')"), [
    '1999-01-01',
    '2024-02-29',
  ]);
  assert.deepEqual(await bounds('date', "(DATE '2024-02-29'), (DATE 'infinity')"), [undefined, undefined]);
  assert.deepEqual(await bounds('timestamp', "(TIMESTAMPTZ '12000-01-01 00:00:00+00')"), [
    undefined,
    undefined,
  ]);
});

test('a column with NaN or infinity has no bounds', async () => {
  assert.deepEqual(await bounds('double', "(1.5::DOUBLE), ('nan'::DOUBLE)"), [undefined, undefined]);
  assert.deepEqual(await bounds('double', "(1.5::DOUBLE), ('-inf'::DOUBLE)"), [undefined, undefined]);
  assert.deepEqual(await bounds('float', '(0.1::FLOAT)'), [Math.fround(0.1), Math.fround(0.1)]);
});

test('a column of nulls, a list and a boolean have a null count and no bounds', async () => {
  for (const [type, value] of [
    ['string', 'NULL::VARCHAR'],
    [array('float'), '[1.0::FLOAT]'],
    ['boolean', 'true'],
  ] as const) {
    assert.deepEqual(await bounds(type, `(${value})`), [undefined, undefined]);
    assert.match(await statsOf(type, `(${value})`), /"nullCount":\{"x":[01]\}/);
  }
});
