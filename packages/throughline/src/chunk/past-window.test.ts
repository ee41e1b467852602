import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pastWindows } from './past-window.ts';

test('a window is past when the first day after it has begun, by the calendar of its zone', () => {
  const rule = { by: 'window', every: '7d', zone: 'Europe/London' } as const;
  const at = (time: string) => pastWindows(rule, () => Date.parse(time));
  // A Monday in summer: midnight in London is 23:00 UTC.
  assert.equal(at('2024-07-07T22:59:00Z')('d:2024-07-01'), false);
  assert.equal(at('2024-07-07T23:00:00Z')('d:2024-07-01'), true);
});

test('what is no window is never past', () => {
  const days = pastWindows({ by: 'window', every: '1d', zone: 'UTC' }, () => Date.UTC(2030, 0));
  assert.deepEqual(['none', 'v:card', 'd:soon'].map(days), [false, false, false]);
  assert.equal(pastWindows({ by: 'value', column: 'x' }, () => 0)('v:x'), false);
});
