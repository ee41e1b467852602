import assert from 'node:assert/strict';
import test from 'node:test';
import { parseTimestamp } from '../source/timestamp.ts';
import { luxonFormat } from './strptime.ts';

for (const [code, text] of [
  ['%m/%d/%Y', '03/04/2024'],
  ['%d.%m.%y %H:%M', '04.03.24 00:00'],
  ['%Y%m%d', '20240304'],
  ['%d %b %Y', '04 Mar 2024'],
  ['%B %d, %Y', 'March 4, 2024'],
  ['%Y-%m-%dT%H:%M:%S', '2024-03-04T00:00:00'],
  ['%m/%d/%Y %I:%M:%S %p', '03/04/2024 12:00:00 AM'],
  ['at %H on %d/%m/%Y', 'at 00 on 04/03/2024'],
] as const)
  test(`${code} reads ${text}`, () => {
    const micros = parseTimestamp(text, { format: luxonFormat(code), zone: 'UTC' });
    assert.equal(micros, BigInt(Date.UTC(2024, 2, 4)) * 1000n);
  });

test('a code without counterpart is said', () => {
  assert.throws(() => luxonFormat('%U %Y'), /%U has no counterpart/);
});
