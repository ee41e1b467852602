import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSeenVectors } from './seen-vectors.ts';

const vector = (...numbers: number[]) => Float32Array.from(numbers);

test('the same vector for different texts is counted, in one call and over calls', () => {
  const seen = openSeenVectors();
  assert.equal(seen.compare(['a', 'b', 'c'], [vector(1), vector(2), vector(1)]).repeated, 1);
  assert.equal(seen.compare(['d', 'e'], [vector(2), vector(5)]).repeated, 1);
});

test('the same text has the same vector, also where only case and white space differ', () => {
  const seen = openSeenVectors();
  seen.compare(['Hello  world'], [vector(1)]);
  const { repeated } = seen.compare(['Hello  world', ' hello world'], [vector(1), vector(1)]);
  assert.equal(repeated, 0);
});

test('an earlier answer is known again, and not remembered for the wrong texts', () => {
  const seen = openSeenVectors();
  seen.compare(['a', 'b'], [vector(1), vector(2)]);
  assert.equal(seen.compare(['c', 'd'], [vector(2), vector(1)]).isEarlierAnswer, true);
  assert.equal(seen.compare(['a', 'b'], [vector(1), vector(2)]).repeated, 0);
  assert.equal(seen.compare(['c', 'd'], [vector(2), vector(3)]).isEarlierAnswer, false);
});

test('it does not grow for ever', () => {
  const seen = openSeenVectors();
  seen.compare(['first'], [vector(-1)]);
  for (let i = 0; i < 5000; i++) seen.compare([`text ${i}`], [vector(i)]);
  assert.equal(seen.compare(['another'], [vector(-1)]).repeated, 0);
  assert.equal(seen.compare(['another'], [vector(4999)]).repeated, 1);
});
