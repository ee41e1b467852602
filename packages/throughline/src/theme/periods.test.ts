import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chosenPeriod, periodsBetween, periodsOfYear } from './periods.ts';

const micros = (iso: string) => BigInt(Date.parse(iso)) * 1_000n;
const between = (first: string, last: string, every: string, most = 100, zone = 'UTC') =>
  periodsBetween(micros(first), micros(last), { every, zone, most });

test('periods follow one another from the first record to the last', () => {
  assert.deepEqual(between('2024-11-30T12:00Z', '2025-01-01T00:00Z', '1M'), [
    { from: '2024-11-01', to: '2024-12-01' },
    { from: '2024-12-01', to: '2025-01-01' },
    { from: '2025-01-01', to: '2025-02-01' },
  ]);
  assert.equal(between('2024-12-31T23:30Z', '2025-01-01T00:30Z', '1d', 100, 'America/New_York').length, 1);
  assert.deepEqual(
    between('2000-01-01T00:00Z', '2025-01-01T00:00Z', '1y', 2).map(({ from }) => from),
    ['2024-01-01', '2025-01-01'],
  );
});

test('whatever their length, there are no gaps', () => {
  const time = fc.date({ min: new Date('1960-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(time, time, fc.constantFrom('1d', '3d', '2w', '1M', '5M', '1y'), (a, b, every) => {
      const [first, last] = a < b ? [a, b] : [b, a];
      const periods = periodsBetween(BigInt(first.getTime()) * 1_000n, BigInt(last.getTime()) * 1_000n, {
        ...{ every, zone: 'UTC', most: 500 },
      });
      for (const [i, { from }] of periods.slice(1).entries()) assert.equal(from, periods[i]!.to);
      assert.ok(periods.at(-1)!.to > last.toISOString().slice(0, 10));
      if (periods.length < 500) assert.ok(periods[0]!.from <= first.toISOString().slice(0, 10));
    }),
  );
});

test('a year has so many periods, and a period enough records', () => {
  assert.deepEqual(['1d', '7d', '1M', '3M', '1y'].map(periodsOfYear), [365, 52, 12, 4, undefined]);
  assert.equal(chosenPeriod(1_000_000, 365), '1d');
  assert.equal(chosenPeriod(10_000, 365), '7d');
  assert.equal(chosenPeriod(1_800, 365), '1M');
  assert.equal(chosenPeriod(50, 3_650), '1M');
});
