import assert from 'node:assert/strict';
import test from 'node:test';
import { isWithin, parseInterval } from './interval.ts';

const week = { from: '2024-01-01', to: '2024-01-08' };

test('a window is within an interval that it has time in common with', () => {
  const within = (text: string, zone = 'UTC') => isWithin(week, parseInterval(text), zone);
  assert.ok(within('2024-01-03T00:00:00Z/2024-01-04T00:00:00Z'));
  assert.ok(within('2023-12-25T00:00:00Z/2024-01-01T00:00:00.001Z'));
  assert.ok(!within('2023-12-25T00:00:00Z/2024-01-01T00:00:00Z'));
  assert.ok(!within('2024-01-08T00:00:00+00:00/2024-01-15T00:00:00+00:00'));
  assert.ok(within('2024-01-08T00:00:00Z/2024-01-09T00:00:00Z', 'America/New_York'));
  assert.ok(!within('2023-12-31T00:00:00Z/2024-01-01T04:00:00Z', 'America/New_York'));
});

test('what is no window, such as the chunk of a value, is within every interval', () => {
  assert.ok(isWithin({}, parseInterval('2024-01-01/2024-01-02'), 'UTC'));
});

test('what is no interval is refused', () => {
  for (const text of ['', '2024-01-01', 'x/y', '2024-01-02/2024-01-01', '2024-01-01/2024-01-02/2024-01-03'])
    assert.throws(() => parseInterval(text), { exitCode: 64 });
});
