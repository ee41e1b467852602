/** What the brokers have of partitions. */
import type { Consumer } from '@platformatic/kafka';
import type { Range } from './partition.ts';

/** Instead of times: https://kafka.apache.org/protocol#The_Messages_ListOffsets */
const EARLIEST = -2n;
const LATEST = -1n;

/** Ends are those of what is committed: an open transaction, and all behind it, is not there yet. */
export async function rangesOf(
  consumer: Consumer,
  topic: string,
  ids: readonly number[],
): Promise<Map<number, Range>> {
  const ask = (timestamp: bigint) =>
    consumer.listOffsets({ topics: [topic], partitions: { [topic]: [...ids] }, timestamp });
  const [starts, ends] = [await ask(EARLIEST), await ask(LATEST)];
  const at = (offsets: typeof starts, id: number) => Number(offsets.get(topic)![id]);
  return new Map(ids.map((id) => [id, { start: at(starts, id), end: at(ends, id) }]));
}

/** Their number, as the brokers say now. Throws what the client throws for a topic that is not there. */
export async function partitionCount(consumer: Consumer, topic: string): Promise<number> {
  const { topics } = await consumer.metadata({ topics: [topic], forceUpdate: true });
  return topics.get(topic)!.partitionsCount;
}

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, id) => id);
}
