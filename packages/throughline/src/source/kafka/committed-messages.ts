/** Messages of one answer of a broker, without those of transactions that were aborted. */
import type { Consumer, KafkaRecord, RecordsBatch } from '@platformatic/kafka';

/** Of a broker, about all partitions that it was asked for. */
export type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>;
type Answer = FetchResponse['responses'][number]['partitions'][number];

export interface Message {
  offset: number;
  /** Milliseconds since 1970 UTC; undefined where it has none. */
  timestamp: number | undefined;
  key: Buffer | null;
  /** null: a tombstone. */
  value: Buffer | null;
  headers: readonly (readonly [Buffer | null, Buffer | null])[];
}

/** Of a batch's attributes: https://kafka.apache.org/documentation/#recordbatch */
const LOG_APPEND_TIME = 1 << 3;
const IS_TRANSACTIONAL = 1 << 4;
const IS_CONTROL = 1 << 5;
/** Type of a control record, in its key. */
const ABORT = 0;

/**
 * Messages from offset `from` on, and the offset to ask for next: it is behind marks of transactions and what they aborted. The
 * client leaves some aborted ones in: of several transactions of one producer, and where the mark is not in the same answer.
 */
export function committedMessages(answer: Answer, from: number): { messages: Message[]; next: number } {
  const coming = [...(answer.abortedTransactions ?? [])].sort((a, b) =>
    Number(a.firstOffset - b.firstOffset),
  );
  const aborted = new Set<bigint>();
  const messages: Message[] = [];
  let next = from;
  for (const batch of answer.records ?? []) {
    const last = Number(batch.firstOffset) + batch.lastOffsetDelta;
    while (coming.length > 0 && Number(coming[0]!.firstOffset) <= last)
      aborted.add(coming.shift()!.producerId);
    next = Math.max(next, last + 1);
    if (batch.attributes & IS_CONTROL) {
      if (batch.records[0]?.key?.readInt16BE(2) === ABORT) aborted.delete(batch.producerId);
    } else if (!(batch.attributes & IS_TRANSACTIONAL && aborted.has(batch.producerId)))
      // A batch comes whole, also from its middle on.
      for (const record of batch.records)
        if (Number(batch.firstOffset) + record.offsetDelta >= from) messages.push(messageOf(batch, record));
  }
  return { messages, next };
}

/** What a producer wrote as a time may be any number: this is the last that is one. */
const LAST_DATE = 8.64e15;

function messageOf(batch: RecordsBatch, record: KafkaRecord): Message {
  const appended = batch.attributes & LOG_APPEND_TIME;
  const timestamp = Number(appended ? batch.maxTimestamp : batch.firstTimestamp + record.timestampDelta);
  return {
    offset: Number(batch.firstOffset) + record.offsetDelta,
    timestamp: timestamp < 0 || timestamp > LAST_DATE ? undefined : timestamp,
    key: record.key,
    value: record.value,
    headers: record.headers,
  };
}
