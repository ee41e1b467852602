import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commit, openTable } from '@throughline/delta';
import { type ChunkEvent, NO_COUNTS, openLedger, report } from '../chunk/ledger.ts';
import { reportChunks } from '../follow/index.ts';
import { streamLake, upsert } from '../follow/testing/stream-lake.ts';
import { refreshTables } from '../lake/build.ts';
import { publishChunk } from '../lake/publish.ts';
import type { Change } from '../source/change-feed.ts';
import { unreported } from './repair.ts';

test('what a stream was cut off before it could tell is told by the next, and once', async () => {
  await using stream = await streamLake();
  const { lake, build } = stream;
  const by = { owner: 'o', run: 'r', clock: { now: () => 1_000 } };
  const batch = (after: number | null, changes: Change[]) => ({
    stream: 's/0',
    after,
    to: (after ?? 0) + 1,
    changes,
  });
  await using publisher = await stream.openPublisher();
  await publisher.publish(batch(null, [upsert('a', '2024-01-01', 'one'), upsert('b', '2024-01-02', 'two')]));
  const ledger = await openLedger(lake, build.info.digest);
  const told = await reportChunks(ledger, build, new Set(), by);
  assert.deepEqual([...told.states.keys()].sort(), ['d:2024-01-01', 'd:2024-01-02']);
  await publisher.publish(batch(1, [{ kind: 'delete', id: 'b' }]));
  const emptied = await reportChunks(told, build, new Set(), by);
  assert.equal(emptied.states.get('d:2024-01-02')!.done!.records, 0);
  assert.equal(await reportChunks(emptied, build, new Set(), by), emptied, 'there is nothing more to tell');
});

test('a publication that was not told is found behind newer commits; what a stream has told since stays', async () => {
  await using stream = await streamLake();
  const { lake, build } = stream;
  const by = { owner: 'o', run: 'r', clock: { now: () => 1_000 } };
  const chunk = 'd:2024-01-01';
  const claimed: ChunkEvent = {
    ...{ chunk, attempt: 1, owner: 'o', run: 'r', at: 1, digest: 'x' },
    event: 'claimed',
  };
  const ledger = await report(await openLedger(lake, build.info.digest), [claimed], by.clock);
  const attempt = { pipelineId: 'pipeline', build, chunk, attempt: 1, run: 'r', digest: 'x', clock: () => 1 };
  await publishChunk(attempt, new Map(), NO_COUNTS);
  const { root } = build.tables.passages;
  for (let i = 0; i < 70; i++) await commit(await openTable(root), { operation: 'WRITE', add: [] });
  await refreshTables(build);
  const [event, ...more] = await unreported(ledger, build, 'pipeline');
  assert.deepEqual([event!.event, event!.attempt, event!.digest, more], ['done', 1, 'x', []]);
  assert.equal(await reportChunks(ledger, build, new Set(), by), ledger, 'somebody works on it');
  const done = await report(ledger, [event!], by.clock);
  assert.equal(await reportChunks(done, build, new Set(), by), done, 'it is as it was told');
  const told = await reportChunks(ledger, build, new Set([chunk]), by);
  assert.deepEqual(await unreported(told, build, 'pipeline'), []);

  await using publisher = await stream.openPublisher();
  const changes = [upsert('a', '2024-01-01', 'one')];
  await publisher.publish({ stream: 's/0', after: null, to: 1, changes });
  const changed = await reportChunks(done, build, new Set(), by);
  assert.deepEqual(
    [changed.states.get(chunk)!.done!.records, changed.states.get(chunk)!.done!.digest],
    [1, 'stream'],
  );
  const later = { ...claimed, attempt: 500 };
  const high = await report(
    changed,
    [later, { ...later, ...NO_COUNTS, event: 'done', records: 9 }],
    by.clock,
  );
  const corrected = await reportChunks(high, build, new Set(), by);
  assert.equal(corrected.states.get(chunk)!.done!.records, 1, 'whatever attempt was told before');
});
