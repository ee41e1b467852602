import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenedThings } from './opened-things.ts';

const named = (name: string, closed: string[]) => ({
  [Symbol.asyncDispose]: async () => {
    closed.push(name);
    if (name === 'bad') throw new Error('it does not close');
  },
});

test('the last is closed first, and all of them where one fails', async () => {
  const closed: string[] = [];
  const close = async () => {
    await using opened = new OpenedThings();
    for (const name of ['a', 'bad', 'c']) opened.use(named(name, closed));
    opened.defer(() => void closed.push('d'));
  };
  await assert.rejects(close(), /it does not close/);
  assert.deepEqual(closed, ['d', 'c', 'bad', 'a']);
});

test('what was moved is closed by its new holder alone, once', async () => {
  const closed: string[] = [];
  let held: OpenedThings;
  {
    await using opened = new OpenedThings();
    opened.use(named('a', closed));
    held = opened.move();
  }
  assert.deepEqual(closed, []);
  await held[Symbol.asyncDispose]();
  await held[Symbol.asyncDispose]();
  assert.deepEqual(closed, ['a']);
});
