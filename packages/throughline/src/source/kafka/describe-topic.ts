/** What `throughline doctor` says of a topic. */
import type { SourceConfig } from '../../config/index.ts';
import { brokersOf, openClient } from './client.ts';
import { findTopic } from './find-topic.ts';
import { kafkaError } from './kafka-error.ts';
import { rangesOf, upTo } from './ranges.ts';

/** Reads no message. Throws ThroughlineError with exit code 66, 75 or 77 as `openKafkaFeed` does. */
export async function describeTopic(source: SourceConfig, directory: string): Promise<string> {
  const topic = source.topic!;
  await using client = await openClient(source, { group: undefined, directory });
  const signal = AbortSignal.timeout(LONGEST_MS);
  const { count, patience } = await findTopic(source, client.asking, signal);
  const ranges = await patience.until(() => rangesOf(client.asking, topic, upTo(count)));
  // What was not answered is no topic without partitions.
  if (count === 0 || ranges === undefined)
    throw kafkaError(new Error(`no answer within ${LONGEST_MS / 1000} s`), brokersOf(source.brokers!));
  const messages = [...ranges.values()].reduce((sum, { start, end }) => sum + end - start, 0);
  return `topic ${topic}, ${count} partitions, ${messages} messages`;
}

const LONGEST_MS = 30_000;
