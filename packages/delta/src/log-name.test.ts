import assert from 'node:assert/strict';
import { basename } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { checkpointPath, commitPath, parseLogName } from './log-name.ts';

const version = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

test('a version is read back from the names made for it', () => {
  fc.assert(
    fc.property(version, (v) => {
      assert.deepEqual(parseLogName(basename(commitPath(v))), { kind: 'commit', version: v });
      const checkpoint = { kind: 'checkpoint', version: v, part: 1, parts: 1 };
      assert.deepEqual(parseLogName(basename(checkpointPath(v))), checkpoint);
    }),
  );
});

test('names sort as their versions do', () => {
  fc.assert(fc.property(version, version, (a, b) => assert.equal(commitPath(a) < commitPath(b), a < b)));
});

test('a part of a checkpoint says which and of how many', () => {
  const name = '00000000000000000020.checkpoint.0000000002.0000000003.parquet';
  assert.deepEqual(parseLogName(name), { kind: 'checkpoint', version: 20, part: 2, parts: 3 });
});

test('every other name of the log is ignored', () => {
  for (const name of [
    '_last_checkpoint',
    '.4f6d.tmp',
    '00000000000000000001.json.tmp',
    '00000000000000000001.crc',
    '00000000000000000001.00000000000000000005.compacted.json',
    '1.json',
    '_commits',
  ]) {
    assert.equal(parseLogName(name), undefined, name);
  }
});
