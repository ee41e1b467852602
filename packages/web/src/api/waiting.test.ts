import assert from 'node:assert/strict';
import test from 'node:test';
import { atMostEvery } from './at-most-every.ts';
import { reconnectDelay } from './reconnect.ts';

test('many calls are two: the first at once, the last at the end of the span', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let acts = 0;
  const often = atMostEvery(1_000, () => acts++);
  for (let i = 0; i < 5; i++) often.call();
  assert.equal(acts, 1);
  t.mock.timers.tick(1_000);
  assert.equal(acts, 2);
  t.mock.timers.tick(5_000);
  assert.equal(acts, 2);
  often.call();
  often.call();
  often.stop();
  t.mock.timers.tick(5_000);
  assert.equal(acts, 3);
});

test('a connection that is lost again and again is tried more and more seldom', () => {
  assert.deepEqual([1, 2, 3, 10].map(reconnectDelay), [1_000, 2_000, 4_000, 30_000]);
});
