import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { increasing } from './timeline.ts';

test('times increase strictly, are never moved back, and stay where they are in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (raw) => {
      const times = increasing(raw.map((timestamp, version) => ({ version, timestamp })));
      for (const [index, { version, timestamp }] of times.entries()) {
        assert.equal(version, index);
        const before = index === 0 ? Number.NEGATIVE_INFINITY : times[index - 1]!.timestamp;
        assert.equal(timestamp, raw[index]! > before ? raw[index] : before + 1);
      }
    }),
  );
});
