import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeOf, type Reading } from './message-change.ts';

const READING: Reading = { topic: 'complaints', partition: 3, value: 'json', columns: ['id', 'text'] };

const codeOf = (value: string) => {
  const message = { offset: 7, timestamp: undefined, key: null, value: Buffer.from(value), headers: [] };
  const change = changeOf(message, READING);
  return change.kind === 'reject' ? [change.deadLetter.id, change.deadLetter.code] : change.kind;
};

test('a value of more levels than there is room for is a dead letter, wherever it gets too deep', () => {
  const refused = ['complaints/3/7', 'bad_json'];
  const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  assert.deepEqual(codeOf('['.repeat(10_000)), refused);
  assert.deepEqual(codeOf(nested(100_000)), refused);
  assert.deepEqual(codeOf(`{"text":${nested(500_000)}}`), refused);
  assert.equal(codeOf(`{"text":${nested(500)}}`), 'upsert');
  for (let levels = 500; levels < 20_000; levels += 250) codeOf(`{"text":${nested(levels)}}`);
});
