import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCodeOf } from './run.ts';

const NOTHING = { chunks: { done: 0, skipped: 0, failed: 0 }, records: 0, deadLetters: 0 };

test('bad data is an exit code only where there is nothing else', () => {
  const dead = { ...NOTHING, chunks: { done: 1, skipped: 0, failed: 0 }, deadLetters: 1 };
  assert.equal(exitCodeOf(dead, false), 65);
  assert.equal(exitCodeOf({ ...dead, records: 1 }, false), 0);
  assert.equal(exitCodeOf({ ...dead, chunks: { done: 1, skipped: 9, failed: 0 } }, false), 0);
});

test('chunks that another run holds ask for another try, whatever else there is', () => {
  assert.equal(
    exitCodeOf({ ...NOTHING, chunks: { done: 1, skipped: 0, failed: 1 }, deadLetters: 1 }, false),
    75,
  );
});

test('nothing to do is told to schedulers that ask', () => {
  assert.equal(exitCodeOf(NOTHING, false), 0);
  assert.equal(exitCodeOf(NOTHING, true), 99);
});
