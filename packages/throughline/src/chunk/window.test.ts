import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseTimestamp } from '../source/timestamp.ts';
import { parseWindow, windowOf } from './window.ts';

const range = (at: string, every: string, zone = 'UTC') =>
  windowOf(parseTimestamp(at, { zone: 'UTC' })!, parseWindow(every), zone);

test('weeks begin on Monday', () => {
  assert.deepEqual(range('2024-01-01', '7d'), { from: '2024-01-01', to: '2024-01-08' });
  assert.deepEqual(range('2024-01-07T23:59:59', '1w'), { from: '2024-01-01', to: '2024-01-08' });
  assert.deepEqual(range('2023-12-31', '7d'), { from: '2023-12-25', to: '2024-01-01' });
});

test('months and years follow the calendar', () => {
  assert.deepEqual(range('2024-02-29', '1M'), { from: '2024-02-01', to: '2024-03-01' });
  assert.deepEqual(range('2024-11-05', '3M'), { from: '2024-10-01', to: '2025-01-01' });
  assert.deepEqual(range('2024-11-05', '1y'), { from: '2024-01-01', to: '2025-01-01' });
});

test('days begin in the zone that the config names', () => {
  assert.equal(range('2024-06-30T23:30:00', '1d', 'Europe/London').from, '2024-07-01');
  assert.equal(range('2024-01-31T23:30:00', '1d', 'Europe/London').from, '2024-01-31');
  assert.equal(range('2024-01-01T03:00:00', '1d', 'America/New_York').from, '2023-12-31');
});

test('every instant lies in its window, and a window is the window of its first day', () => {
  const every = fc.constantFrom('1d', '3d', '7d', '2w', '1M', '4M', '1y');
  const date = fc.date({ min: new Date('0500-01-01'), max: new Date('3000-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(date, every, (at, size) => {
      const { from, to } = range(at.toISOString(), size);
      const day = at.toISOString().slice(0, 10);
      assert.ok(from <= day && day < to);
      assert.deepEqual(range(from, size), { from, to });
    }),
  );
});
