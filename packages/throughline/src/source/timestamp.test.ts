import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatTimestamp, parseTimestamp } from './timestamp.ts';

const at = (text: string, options: { format?: string; zone?: string } = {}) => {
  const micros = parseTimestamp(text, { zone: 'UTC', ...options });
  return micros === undefined ? undefined : formatTimestamp(micros);
};

test('dates and times of ISO 8601 are read, with and without zone', () => {
  assert.equal(at('2024-03-05'), '2024-03-05T00:00:00.000Z');
  assert.equal(at('2024-03-05 10:20'), '2024-03-05T10:20:00.000Z');
  assert.equal(at('2024-03-05T10:20:30.5Z'), '2024-03-05T10:20:30.500Z');
  assert.equal(at('2024-03-05 10:20:30+00'), '2024-03-05T10:20:30.000Z');
  assert.equal(at('2024-03-05T10:20:30-05:30'), '2024-03-05T15:50:30.000Z');
});

test('microseconds are kept', () => {
  assert.equal(parseTimestamp('1970-01-01T00:00:00.123456789Z', { zone: 'UTC' }), 123_456n);
});

test('a time without zone is in the named zone, summer time included', () => {
  assert.equal(at('2024-07-01', { zone: 'Europe/London' }), '2024-06-30T23:00:00.000Z');
  assert.equal(at('2024-01-01', { zone: 'Europe/London' }), '2024-01-01T00:00:00.000Z');
});

test('a format reads other notations', () => {
  assert.equal(at('03/05/2024', { format: 'MM/dd/yyyy' }), '2024-03-05T00:00:00.000Z');
  assert.equal(at('2024-03-05', { format: 'MM/dd/yyyy' }), undefined);
});

test('what is not a time is refused, not moved', () => {
  for (const text of [
    '',
    'soon',
    '2024-02-30',
    '2024-13-01',
    '2024-01-01T25:00',
    '20240101',
    '2024-01-01T10:61',
  ]) {
    assert.equal(at(text), undefined, text);
  }
});

test('every formatted time reads back', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
      (date) => {
        assert.equal(at(date.toISOString()), date.toISOString());
      },
    ),
  );
});
