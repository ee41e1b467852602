import assert from 'node:assert/strict';
import test from 'node:test';
import { type Measures, verdictOf } from './verdict.ts';

const PERFECT: Measures = {
  missing: 0,
  extra: 0,
  duplicates: 0,
  notComparable: 0,
  matched: 10,
  changed: 0,
  minCosine: 1,
  unlikeVectors: 0,
  topTen: 1,
  ami: 1,
  ari: 0.9,
};

const broken = (found: Partial<Measures>, limits = {}) =>
  verdictOf({ ...PERFECT, ...found }, limits).flatMap(({ limit, ok }) => (ok ? [] : [limit]));

test('without limits nothing may differ, and neighbours and themes are not judged', () => {
  assert.deepEqual(broken({ topTen: 0, ami: 0 }), []);
  assert.deepEqual(broken({ missing: 1 }), ['missing']);
  assert.deepEqual(broken({ extra: 1 }), ['extra']);
  assert.deepEqual(broken({ changed: 1 }), ['changed']);
  assert.deepEqual(broken({ duplicates: 1 }), ['duplicates']);
  assert.deepEqual(broken({ unlikeVectors: 1 }), ['vectors']);
  assert.deepEqual(broken({ notComparable: 1 }), ['notComparable']);
  assert.deepEqual(broken({ changed: null }), ['changed']);
  assert.deepEqual(broken({ minCosine: 0.9998 }), ['minCosine']);
});

test('a limit is the last value that is kept', () => {
  const limits = { missing: 2, extra: 2, changed: 2, minCosine: 0.9, topTen: 0.8, ami: 0.7 };
  const found = { missing: 2, extra: 2, changed: 2, minCosine: 0.9, topTen: 0.8, ami: 0.7 };
  assert.deepEqual(broken(found, limits), []);
  for (const [name, value] of Object.entries({
    missing: 3,
    extra: 3,
    changed: 3,
    minCosine: 0.89,
    topTen: 0.79,
    ami: 0.69,
  }))
    assert.deepEqual(broken({ ...found, [name]: value }, limits), [name]);
});

test('what a side does not have is not judged unless a limit asks for it', () => {
  const without = {
    changed: undefined,
    minCosine: undefined,
    unlikeVectors: undefined,
    topTen: undefined,
    ami: undefined,
  };
  assert.deepEqual(broken(without), []);
  const limits = { changed: 100, minCosine: -1, topTen: 0, ami: -1 };
  assert.deepEqual(broken(without, limits), ['changed', 'minCosine', 'topTen', 'ami']);
});

test('rows of both sides of which no two vectors can be compared are not the same', () => {
  assert.deepEqual(broken({ minCosine: null }), ['minCosine']);
  assert.deepEqual(broken({ minCosine: null, matched: 0 }), []);
});
