import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { timestampMicros, timestampText } from './timestamp.ts';

test('a timestamp keeps its microseconds and is told in UTC', () => {
  assert.equal(timestampMicros('1970-01-01T00:00:00.000001Z'), 1n);
  assert.equal(timestampMicros('1969-12-31T23:59:59.999999Z'), -1n);
  assert.equal(timestampMicros('2024-01-01T02:30:00+02:30'), timestampMicros('2024-01-01T00:00:00Z'));
  assert.equal(timestampMicros('0001-01-01T00:00:00Z'), -62135596800000000n);
});

test('text and microseconds are inverse over the years 1 to 9999', () => {
  const micros = fc.bigInt(-62135596800000000n, 253402300799999999n);
  fc.assert(fc.property(micros, (value) => assert.equal(timestampMicros(timestampText(value)), value)));
});
