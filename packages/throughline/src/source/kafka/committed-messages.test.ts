import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordsBatch } from '@platformatic/kafka';
import { committedMessages } from './committed-messages.ts';

const [TRANSACTIONAL, CONTROL, LOG_APPEND_TIME] = [1 << 4, 1 << 5, 1 << 3];
const [ABORT, COMMIT] = [0, 1];

/** Batches one behind the other, as a broker has them: how many messages, of which producer. */
function logOf(
  parts: readonly (readonly [count: number, producer: number, mark?: number])[],
): RecordsBatch[] {
  let offset = 0;
  return parts.map(([count, producer, mark]) => {
    const key = mark === undefined ? Buffer.from('k') : Buffer.from([0, 0, 0, mark]);
    const firstOffset = BigInt(offset);
    offset += count;
    return {
      ...{ length: 0, partitionLeaderEpoch: 0, magic: 2, crc: 0, producerEpoch: 0, firstSequence: 0 },
      firstOffset,
      attributes: (producer > 0 ? TRANSACTIONAL : 0) | (mark === undefined ? 0 : CONTROL),
      lastOffsetDelta: count - 1,
      firstTimestamp: 1_000n,
      maxTimestamp: 9_000n,
      producerId: BigInt(producer),
      records: Array.from({ length: count }, (_, i) => ({
        ...{
          length: 0,
          attributes: 0,
          timestampDelta: BigInt(i),
          offsetDelta: i,
          key,
          value: key,
          headers: [],
        },
      })),
    };
  });
}

function read(records: RecordsBatch[], from: number, aborted: readonly (readonly [number, number])[] = []) {
  const answer = {
    ...{ partitionIndex: 0, errorCode: 0, highWatermark: 99n, lastStableOffset: 99n, logStartOffset: 0n },
    preferredReadReplica: -1,
    abortedTransactions: aborted.map(([producer, first]) => ({
      producerId: BigInt(producer),
      firstOffset: BigInt(first),
    })),
    records,
  };
  const { messages, next } = committedMessages(answer, from);
  return { offsets: messages.map(({ offset }) => offset), next, messages };
}

test('a batch comes whole, and what is before the offset is left out', () => {
  const { offsets, next } = read(
    logOf([
      [3, 0],
      [2, 0],
    ]),
    2,
  );
  assert.deepEqual([offsets, next], [[2, 3, 4], 5]);
});

test('of several aborted transactions of one producer none is given', () => {
  const log = logOf([
    [1, 7],
    [1, 7, ABORT],
    [1, 7],
    [1, 7, COMMIT],
    [1, 7],
    [1, 8],
    [1, 7, ABORT],
    [1, 8, COMMIT],
  ]);
  const { offsets, next } = read(log, 0, [
    [7, 4],
    [7, 0],
  ]);
  assert.deepEqual([offsets, next], [[2, 5], 8]);
});

test('an aborted transaction whose mark is in a later answer is left out of this one', () => {
  const log = logOf([
    [2, 7],
    [1, 0],
  ]);
  assert.deepEqual(read(log, 0, [[7, 0]]).offsets, [2]);
  assert.deepEqual(read([], 5), { offsets: [], next: 5, messages: [] });
});

test('the time is that of the producer, or of the log where the topic says so', () => {
  const [batch] = logOf([[2, 0]]);
  assert.deepEqual(
    read([batch!], 0).messages.map(({ timestamp }) => timestamp),
    [1_000, 1_001],
  );
  const appended = { ...batch!, attributes: LOG_APPEND_TIME };
  assert.deepEqual(
    read([appended], 0).messages.map(({ timestamp }) => timestamp),
    [9_000, 9_000],
  );
  const timeless = { ...batch!, firstTimestamp: -2n };
  assert.deepEqual(
    read([timeless], 0).messages.map(({ timestamp }) => timestamp),
    [undefined, undefined],
  );
});
