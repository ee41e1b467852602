import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT, type ExitCode } from '../error.ts';
import { exitCodeOf } from './result.ts';

const CHUNKS = { done: 0, skipped: 0, failed: 0, left: 0 };
const NOTHING = { chunks: CHUNKS, failures: [], unmet: [], records: 0, deadLetters: 0 };
const failed = (exitCode: ExitCode) => ({ chunk: 'd:2024-01-01', code: 'x', message: 'x', exitCode });

test('bad data is an exit code only where there is nothing else', () => {
  const dead = { ...NOTHING, chunks: { ...CHUNKS, done: 1 }, deadLetters: 1 };
  assert.equal(exitCodeOf(dead), 65);
  assert.equal(exitCodeOf(dead, { only: 'map', chunks: ['none'] }), 0, 'other tasks have other chunks');
  assert.equal(exitCodeOf({ ...dead, records: 1 }), 0);
  assert.equal(exitCodeOf({ ...dead, chunks: { ...CHUNKS, done: 1, skipped: 9 } }), 0);
});

test('chunks that another run holds, or that may succeed later, ask for another try, whatever else there is', () => {
  const some = { ...NOTHING, chunks: { ...CHUNKS, done: 1 }, deadLetters: 1, unmet: ['a limit'] };
  assert.equal(exitCodeOf({ ...some, chunks: { ...CHUNKS, left: 1 } }), 75);
  assert.equal(exitCodeOf({ ...some, failures: [failed(EXIT.badData), failed(EXIT.tryAgain)] }), 75);
});

test('a chunk that fails on every attempt, and a limit that is not met, are told', () => {
  assert.equal(exitCodeOf({ ...NOTHING, failures: [failed(EXIT.internal)] }), 70);
  assert.equal(exitCodeOf({ ...NOTHING, records: 9, unmet: ['deadLetterRate'] }), 65);
});

test('nothing to do is told to schedulers that ask', () => {
  assert.equal(exitCodeOf(NOTHING), 0);
  assert.equal(exitCodeOf(NOTHING, {}, true), 99);
  assert.equal(exitCodeOf(NOTHING, { only: 'check' }, true), 0);
  assert.equal(exitCodeOf(NOTHING, { only: 'map', chunks: [] }, true), 99);
});
