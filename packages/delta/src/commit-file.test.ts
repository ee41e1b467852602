import assert from 'node:assert/strict';
import test from 'node:test';
import type { Action } from './actions.ts';
import { commitInfoOf, formatActions, parseActions } from './commit-file.ts';
import { CorruptLogError } from './errors.ts';

const ACTIONS: Action[] = [
  { commitInfo: { timestamp: 5, operation: 'WRITE' } },
  { txn: { appId: 'a', version: 3 } },
  { add: { path: 'x', partitionValues: { p: null }, size: 1, modificationTime: 2, dataChange: true } },
];

test('actions survive as lines of a commit', () => {
  assert.deepEqual(parseActions(formatActions(ACTIONS), 'here'), ACTIONS);
});

test('an empty line at the end and lines ended by CR LF are read', () => {
  assert.deepEqual(parseActions('{"txn":{"appId":"a","version":3}}\r\n\n', 'here'), [ACTIONS[1]]);
});

test('an action of an unknown kind is kept, not refused', () => {
  assert.deepEqual(parseActions('{"checkpointMetadata":{"version":1}}', 'here'), [
    { checkpointMetadata: { version: 1 } },
  ]);
});

test('a torn or wrong line is a corrupt log, and the error says which line', () => {
  const wrong = ['{"add":{"path":"x"', '[]', '3', '{"add":{}}', '{"remove":3}', '{"txn":{"version":1}}'];
  wrong.push('{"txn":{"appId":"a","version":9007199254740993}}', '{"protocol":{}}', '{"metaData":{}}');
  for (const line of wrong) {
    assert.throws(
      () => parseActions(`${formatActions(ACTIONS)}${line}`, 'here'),
      (error) => {
        return error instanceof CorruptLogError && error.message.startsWith('here, line 4: ');
      },
    );
  }
});

test('a lone surrogate is never written: other readers refuse its escape', () => {
  const text = formatActions([{ commitInfo: { operation: 'a\ud800b' } }]);
  assert.equal(text, '{"commitInfo":{"operation":"a\ufffdb"}}\n');
});

test('a commit without commitInfo has an empty one', () => {
  assert.deepEqual(commitInfoOf(ACTIONS.slice(1)), {});
});
