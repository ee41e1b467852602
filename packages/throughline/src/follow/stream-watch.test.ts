import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeedBatch } from '../source/change-feed.ts';
import type { StreamFigures } from '../telemetry/index.ts';
import { openStreamWatch } from './stream-watch.ts';

function watched(maxLagMs?: number) {
  let now = 1_000_000;
  const told: { figures: StreamFigures[][]; late: string[][] } = { figures: [], late: [] };
  const watch = openStreamWatch({
    maxLagMs,
    clock: () => now,
    tellFigures: async (streams) => void told.figures.push([...streams]),
    tellLate: async (late) => void told.late.push([...late.keys()]),
  });
  const batch = (stream: string, to: number): FeedBatch => ({
    ...{ stream, after: null, to, changes: [], newestAt: now, behind: 3 },
  });
  return { watch, told, batch, wait: (ms: number) => (now += ms) };
}

test('figures of all streams are told, and not with every micro-batch', async () => {
  const { watch, told, batch, wait } = watched();
  await watch.published(batch('s/0', 1), 0.5);
  await watch.published(batch('s/1', 7), undefined);
  assert.equal(told.figures.length, 1);
  wait(15_000);
  await watch.published(batch('s/0', 2), 0.25);
  assert.deepEqual(
    told.figures[1]!.map(({ stream, position, age, behind }) => [stream, position, age, behind]),
    [
      ['s/0', 2, 0.25, 3],
      ['s/1', 7, undefined, 3],
    ],
  );
});

test('a late stream is told once, and once more when it is over', async () => {
  const { watch, told, batch, wait } = watched(5_000);
  const waiting = batch('s/0', 1);
  await watch.waits(waiting);
  wait(6_000);
  await watch.waits(waiting);
  await watch.waits(waiting);
  await watch.published(waiting, 6);
  assert.deepEqual(told.late, [[], ['s/0']], 'at first what a process before this one may have told');
  await watch.published(batch('s/0', 2), 1);
  await watch.published(batch('s/0', 3), 1);
  assert.deepEqual(told.late, [[], ['s/0'], []]);
});
