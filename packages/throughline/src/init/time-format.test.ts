import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTimestamp } from '../source/timestamp.ts';
import { timeFormatOf } from './time-format.ts';

const FORMATS: [values: string[], format: string | undefined][] = [
  [['2024-01-31', '2024-02-01'], undefined],
  [['2024-01-31T10:00:00Z', '2024-02-01 11:12:13.5+02:00'], undefined],
  [['01/31/2024', '2/1/2024'], 'M/d/yyyy'],
  [['31/01/2024 9:05', '1/2/2024 10:00'], 'd/M/yyyy H:mm'],
  [['24.12.2023'], 'd.M.yyyy'],
  [['9-Jul-18', '31-Jul-18'], 'd-MMM-yy'],
  [['March 5, 2021', 'May 15, 2021'], 'MMMM d, yyyy'],
  [['12 31, 2014', '1 5, 2015'], 'M d, yyyy'],
  [['Tue, 05 Mar 2024 10:00:00 +0000'], 'EEE, d MMM yyyy H:mm:ss ZZZ'],
  [['Mon Apr 06 22:19:45 PDT 2009'], "EEE MMM d H:mm:ss 'PDT' yyyy"],
];

test('the format that reads every value is found', () => {
  for (const [values, format] of FORMATS)
    assert.deepEqual(timeFormatOf(values, false)?.format, format, values[0]);
});

test('day and month that could be exchanged are named, and not where a value settles it', () => {
  assert.deepEqual(timeFormatOf(['01/02/2024', '03/04/2024'], false), {
    format: 'M/d/yyyy',
    otherwise: 'd/M/yyyy',
  });
  assert.deepEqual(timeFormatOf(['01/02/2024', '13/04/2024'], false), { format: 'd/M/yyyy' });
});

test('a few values that are no times do not hide the others', () => {
  const days = Array.from({ length: 99 }, (_, i) => `2024-01-${String((i % 28) + 1).padStart(2, '0')}`);
  assert.deepEqual(timeFormatOf([...days, 'unknown'], false), { format: undefined });
  assert.equal(timeFormatOf([...days.slice(0, 50), 'unknown', 'none', 'n/a'], false), undefined);
});

test('numbers are times only where the column is called so', () => {
  assert.deepEqual(timeFormatOf(['1393545600', '1363392000'], true), { format: 'X' });
  assert.deepEqual(timeFormatOf(['1393545600123'], true), { format: 'x' });
  assert.deepEqual(timeFormatOf(['1393545600.0'], true), { format: 'X' });
  for (const [value, format] of [
    ['1393545600', 'X'],
    ['1393545600.0', 'X'],
    ['1393545600000', 'x'],
  ] as const)
    assert.equal(parseTimestamp(value, { format, zone: 'UTC' }), 1393545600000000n);
  assert.deepEqual(timeFormatOf(['20240131'], true), { format: 'yyyyMMdd' });
  assert.equal(timeFormatOf(['1393545600'], false), undefined);
  assert.equal(timeFormatOf(['17', '4'], true), undefined);
});

test('prose, numbers and nothing are no times', () => {
  for (const values of [['It broke on 2024-01-01 and nobody ever called me back'], ['3.14'], ['maybe'], []])
    assert.equal(timeFormatOf(values, true), undefined);
});
