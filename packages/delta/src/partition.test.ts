import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { InvalidCommitError } from './errors.ts';
import { exactPartition, inPartition, matchesFilter, partitionPath } from './partition.ts';

test('a partition has the folder that Spark gives it', () => {
  assert.equal(partitionPath(['_chunk'], { _chunk: 'd:2024-01-01' }), '_chunk=d%3A2024-01-01');
  assert.equal(partitionPath(['a', 'b'], { b: 'x/y', a: 'ü %' }), 'a=ü %25/b=x%2Fy');
  assert.equal(partitionPath(['a'], { a: null }), 'a=__HIVE_DEFAULT_PARTITION__');
  assert.equal(partitionPath([], {}), '');
});

test('no value leaves its folder or makes a name too long for a disk', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (value) => {
      fc.pre(value.isWellFormed() && !value.includes('\0'));
      const folder = partitionPath(['p'], { p: value });
      assert.ok(!folder.includes('/') && Buffer.byteLength(folder) <= 255 && /^(p|long)=/.test(folder));
    }),
  );
});

test('values that differ have folders that differ, but for "" and null, which are one value', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      fc.pre(!a.includes('\0') && !b.includes('\0'));
      assert.equal(partitionPath(['p'], { p: a }) === partitionPath(['p'], { p: b }), a === b);
    }),
  );
  assert.equal(partitionPath(['p'], { p: '' }), partitionPath(['p'], { p: null }));
});

test('a partition names every column, no other, in the order of the columns', () => {
  assert.deepEqual(Object.keys(exactPartition(['a', 'b'], { b: '1', a: '2' })), ['a', 'b']);
  assert.deepEqual(exactPartition(['a'], { a: '' }), { a: null });
  assert.throws(() => exactPartition(['a', 'b'], { a: '1' }), InvalidCommitError);
  assert.throws(() => exactPartition(['a'], { a: '1', b: '2' }), InvalidCommitError);
  assert.throws(() => exactPartition(['a'], { a: '\ud800' }), InvalidCommitError);
  assert.throws(() => exactPartition(['a'], { a: 'x\0y' }), InvalidCommitError);
});

test('a filter compares the columns that it names, and null with null or ""', () => {
  assert.ok(inPartition({ a: '1', b: '2' }, { b: '2' }));
  assert.ok(!inPartition({ a: '1', b: '2' }, { b: '1' }));
  assert.ok(inPartition({ a: null }, { a: '' }));
  assert.ok(!inPartition({ a: null }, { a: '__HIVE_DEFAULT_PARTITION__' }));
  assert.ok(matchesFilter({ a: '1' }, undefined));
  assert.ok(matchesFilter({ a: '12' }, ({ a }) => a!.startsWith('1')));
});
