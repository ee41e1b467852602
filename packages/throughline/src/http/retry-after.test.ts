import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { retryAfterMs } from './retry-after.ts';

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);
const wait = (headers: Record<string, string>) => retryAfterMs(headers, NOW);

test('seconds, whole or not', () => {
  assert.equal(wait({ 'retry-after': '20' }), 20_000);
  assert.equal(wait({ 'retry-after': ' 1.5 ' }), 1500);
  assert.equal(wait({ 'retry-after': '0' }), 0);
});

test('milliseconds come before seconds, which are rounded', () => {
  assert.equal(wait({ 'retry-after-ms': '120', 'retry-after': '1' }), 120);
});

test('a date in each of the three forms of RFC 9110', () => {
  for (const date of [
    'Thu, 01 Jan 2026 12:00:30 GMT',
    'Thursday, 01-Jan-26 12:00:30 GMT',
    'Thu Jan  1 12:00:30 2026',
  ])
    assert.equal(wait({ 'retry-after': date }), 30_000, date);
});

test('a date is compared with the clock of the server that wrote it', () => {
  const headers = { 'retry-after': 'Thu, 01 Jan 2026 13:00:30 GMT', date: 'Thu, 01 Jan 2026 13:00:10 GMT' };
  assert.equal(wait(headers), 20_000);
});

test('a date that has passed is now', () => {
  assert.equal(wait({ 'retry-after': 'Thu, 01 Jan 2026 11:59:00 GMT' }), 0);
});

test('where it says nothing else, the time until an exhausted limit resets; the longer of two', () => {
  const both = {
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '1.5s',
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': '6m0s',
  };
  assert.equal(wait(both), 360_000);
  assert.equal(wait({ ...both, 'x-ratelimit-remaining-tokens': '17' }), 1500);
  assert.equal(wait({ ...both, 'retry-after': '2' }), 2000);
});

test('durations with every unit', () => {
  const reset = (text: string) =>
    wait({ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': text });
  const cases = {
    '20ms': 20,
    '1.5s': 1500,
    '6m0s': 360_000,
    '1h2m3s': 3_723_000,
    '1d': 86_400_000,
    '7': 7000,
  };
  for (const [text, ms] of Object.entries(cases)) assert.equal(reset(text), ms, text);
});

test('what cannot be read says nothing', () => {
  for (const text of ['', 'soon', '-5', '1e3', 'NaN', '5 minutes', '0x10', 'Infinity', 'Thu'])
    assert.equal(wait({ 'retry-after': text }), undefined, text);
  assert.equal(wait({}), undefined);
});

test('whatever it says, the wait is a number that is not negative, or unknown', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (after, reset) => {
      const ms = wait({
        'retry-after': after,
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': reset,
      });
      assert.ok(ms === undefined || ms >= 0);
    }),
  );
});
