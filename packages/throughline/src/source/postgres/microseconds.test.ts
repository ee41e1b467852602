import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { timeText } from './microseconds.ts';

test('a time keeps its microseconds, before 1970 too', () => {
  assert.equal(timeText(1), '1970-01-01 00:00:00.000001');
  assert.equal(timeText(-1), '1969-12-31 23:59:59.999999');
  assert.equal(timeText(Number.MAX_SAFE_INTEGER), '2255-06-05 23:47:34.740991');
  fc.assert(
    fc.property(fc.maxSafeNat(), (micros) => {
      const [, seconds, fraction] = /^(.*)\.(\d{6})$/.exec(timeText(micros))!;
      assert.equal(Date.parse(`${seconds}Z`) * 1_000 + Number(fraction), micros);
    }),
  );
});
