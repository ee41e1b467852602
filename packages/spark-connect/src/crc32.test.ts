import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from './crc32.ts';

test('the check value of CRC-32, and of nothing', () => {
  assert.equal(crc32(Buffer.from('123456789')), 0xcb_f4_39_26);
  assert.equal(crc32(new Uint8Array()), 0);
});
