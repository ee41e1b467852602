import assert from 'node:assert/strict';
import test from 'node:test';
import { ago, day, period } from './dates.ts';
import { counted, duration, percent } from './numbers.ts';

test('durations use the units that people think in', () => {
  const of = [0.25, 3.14, 12, 60, 200, 3_600, 7_500].map(duration);
  assert.deepEqual(of, ['250 ms', '3.1 s', '12 s', '1 min', '3 min 20 s', '1 h', '2 h 5 min']);
});

test('small shares keep a decimal', () => {
  assert.equal(percent(0.023), '2.3%');
  assert.equal(percent(0.06), '6.0%');
  assert.equal(percent(0), '0%');
  assert.equal(percent(0.124), '12%');
});

test('a day is the day in UTC, wherever the reader is', () => {
  assert.equal(day('2019-02-27T00:00:00.000Z'), 'Feb 27, 2019');
  assert.equal(day('no date'), 'no date');
});

test('a period is named by its length', () => {
  assert.equal(period('2019-01-01', '1y'), '2019');
  assert.equal(period('2019-03-01', '1M'), 'Mar 2019');
  assert.equal(period('2019-03-04', '7d'), 'Mar 4, 2019');
});

test('times before now are told from now', () => {
  const now = Date.parse('2024-06-10T12:00:00Z');
  assert.equal(ago('2024-06-10T11:58:00Z', now), '2 minutes ago');
  assert.equal(ago('2024-06-08T12:00:00Z', now), '2 days ago');
  assert.equal(ago('2024-06-10T12:00:00Z', now), 'now');
});

test('one and many', () => {
  assert.equal(counted(1, 'record'), '1 record');
  assert.equal(counted(1_200, 'entry', 'entries'), '1,200 entries');
});
