import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { forEach } from './for-each.ts';

test('every item has its turn once, never more at once than are allowed', async () => {
  const done: number[] = [];
  let [running, most] = [0, 0];
  await forEach([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++running);
    await turn();
    running--;
    done.push(item);
  });
  assert.deepEqual(done.sort(), [1, 2, 3, 4, 5, 6, 7]);
  assert.equal(most, 3);
});

test('after an error nothing is begun, and nothing is under way when it is thrown', async () => {
  let [begun, running] = [0, 0];
  const work = async (item: number) => {
    begun++;
    running++;
    if (item === 2) {
      running--;
      throw new Error('two');
    }
    await turn();
    running--;
  };
  await assert.rejects(forEach([1, 2, 3, 4, 5, 6], 2, work), /two/);
  assert.deepEqual([begun, running], [2, 0]);
});
