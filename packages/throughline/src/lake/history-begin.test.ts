import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commit } from '@throughline/delta';
import { NO_COUNTS } from '../chunk/ledger.ts';
import { streamLake } from '../follow/testing/stream-lake.ts';
import { refreshTables } from './build.ts';
import { copiedSinceBegin, noteBegin } from './history-begin.ts';
import { publishChunk } from './publish.ts';

test('chunks that were published since the stream was begun are copied; others, and torn ones, are not', async () => {
  await using stream = await streamLake();
  const { lake, build } = stream;
  const publish = (chunk: string, attempt: number) =>
    publishChunk(
      { pipelineId: 'pipeline', build, chunk, attempt, run: 'r', digest: 'x', clock: () => 1 },
      new Map(),
      NO_COUNTS,
    );
  const copied = async (name = 's') => {
    await refreshTables(build);
    const isCopied = await copiedSinceBegin(lake, build, name);
    return ['before', 'again', 'new', 'never'].filter(isCopied);
  };
  await publish('before', 1);
  await publish('again', 3);
  assert.deepEqual(await copied(), [], 'no stream was begun');
  await noteBegin(lake, build, 's');
  assert.deepEqual(await copied(), []);
  await publish('again', 4);
  await publish('new', 1);
  assert.deepEqual(await copied(), ['again', 'new']);
  assert.deepEqual(await copied('another'), []);
  const txn = { appId: `pipeline/${build.info.digest}/records/new`, version: 2 };
  await commit(build.tables.records, { operation: 'WRITE', add: [], txn });
  assert.deepEqual(await copied(), ['again'], 'of a later attempt only one table was reached');
});
