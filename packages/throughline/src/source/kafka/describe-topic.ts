/** What `throughline doctor` says of a topic. */
import type { SourceConfig } from '../../config/index.ts';
import { openClient } from './client.ts';
import { findTopic } from './find-topic.ts';
import { rangesOf, upTo } from './ranges.ts';

/** Reads no message. Throws ThroughlineError with exit code 66, 75 or 77 as `openKafkaFeed` does. */
export async function describeTopic(source: SourceConfig, directory: string): Promise<string> {
  const topic = source.topic!;
  await using client = await openClient(source, { group: undefined, directory });
  const { count, patience } = await findTopic(source, client.asking, AbortSignal.timeout(LONGEST_MS));
  const ranges = await patience.until(() => rangesOf(client.asking, topic, upTo(count)));
  const messages = [...(ranges?.values() ?? [])].reduce((sum, { start, end }) => sum + end - start, 0);
  return `topic ${topic}, ${count} partitions, ${messages} messages`;
}

const LONGEST_MS = 30_000;
