import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from './committed-messages.ts';
import { behind, type Partition, receive, standsAt, take, wantsMark } from './partition.ts';

const messages = (...offsets: number[]): Message[] =>
  offsets.map((offset) => ({ offset, timestamp: undefined, key: null, value: null, headers: [] }));

const partition = (given: Partial<Partition> = {}): Partition => ({
  ...{
    id: 0,
    stream: 'kafka:t/0',
    after: null,
    next: 0,
    end: undefined,
    waiting: [],
    stable: 0,
    givenAt: 0,
    waitingBytes: 0,
  },
  isUnmarked: false,
  ...given,
});

test('it stands before what waits, and behind marks when nothing does', () => {
  const one = partition({ stable: 12 });
  receive(one, messages(0, 1, 5), 10);
  assert.deepEqual([take(one, 2).length, standsAt(one), behind(one)], [2, 4, 3]);
  assert.deepEqual([take(one, 2).length, standsAt(one), behind(one)], [1, 9, 2]);
});

test('what is behind the end is neither given nor passed', () => {
  const one = partition({ end: 6, stable: 10 });
  receive(one, messages(0, 5, 6, 7), 10);
  assert.deepEqual([take(one, 9).length, standsAt(one), behind(one)], [2, 5, 0]);
});

test('what waits is counted in bytes until it is taken', () => {
  const one = partition();
  const [first, second] = messages(0, 1);
  const headers = [[Buffer.from('name'), Buffer.from('text')]] as const;
  receive(one, [{ ...first!, key: Buffer.from('k'), value: Buffer.alloc(1_000), headers }, second!], 2);
  const all = one.waitingBytes;
  take(one, 1);
  assert.equal(all - one.waitingBytes, one.waitingBytes + 1_009);
  take(one, 1);
  assert.equal(one.waitingBytes, 0);
});

test('a position alone is committed after some seconds of marks, or at the end', () => {
  const moved = { after: 3, next: 9 };
  assert.equal(wantsMark(partition(moved), 1_000), false);
  assert.equal(wantsMark(partition(moved), 20_000), true);
  assert.equal(wantsMark(partition({ ...moved, end: 9 }), 1_000), true);
  assert.equal(wantsMark(partition({ ...moved, waiting: messages(8) }), 20_000), false);
  assert.equal(wantsMark(partition({ after: 8, next: 9 }), 20_000), false);
  assert.equal(wantsMark(partition(), 20_000), false);
  assert.equal(wantsMark(partition({ isUnmarked: true }), 0), true);
});
