/** The way to a topic: connections, its partitions, and the group. */
import type { SourceConfig } from '../../config/index.ts';
import type { ChangeFeed, FeedOptions } from '../change-feed.ts';
import { mappedColumns, mappingOf } from '../mapping.ts';
import { brokersOf, openClient } from './client.ts';
import type { FieldCounts } from './field-counts.ts';
import { findTopic } from './find-topic.ts';
import { GroupMember } from './group-member.ts';
import { KafkaFeed } from './kafka-feed.ts';
import { Partitions } from './partitions.ts';
import { Patience } from './patience.ts';
import { rangesOf, upTo } from './ranges.ts';

export interface KafkaFeedOptions extends FeedOptions {
  /** Folder that paths of certificates start from. */
  directory: string;
  /** Of the rows; those of the mapping unless told. */
  columns?: readonly string[];
  /**
   * Of the processes that share the partitions, where `source.group` names none; it has to be another one for each lake, or each
   * has a part of the messages. Without either this process reads all partitions, as it does with `until: end`.
   */
  group?: string;
  /** Counts the fields of the messages; without it `columns` says nothing. */
  fields?: FieldCounts;
  /** How long a broker that is away is waited for, in milliseconds; a minute unless told. */
  patienceMs?: number;
  /** How often it is looked whether the topic has grown, in milliseconds; every half minute unless told. */
  growthMs?: number;
  warn: (message: string) => void;
}

const PATIENCE_MS = 60_000;
const GROWTH_MS = 30_000;

/**
 * Throws ThroughlineError with exit code 66 where there is no such topic, 75 where no broker answers, 77 where this user may not
 * read. While it is read: 65 for messages that were deleted before they were read (`source_gap`), or a topic that was made anew.
 */
export async function openKafkaFeed(source: SourceConfig, options: KafkaFeedOptions): Promise<ChangeFeed> {
  const { signal, until, directory, patienceMs = PATIENCE_MS, warn, positionOf, maxChanges } = options;
  const group = until === 'follow' ? (source.group ?? options.group) : undefined;
  const brokers = brokersOf(source.brokers!);
  const topic = source.topic!;
  const patience = (ms = patienceMs) => new Patience({ brokers, signal, ms });
  const client = await openClient(source, { group, directory });
  try {
    const found = await findTopic(source, client.asking, signal, patienceMs);
    const ends =
      until === 'end'
        ? await found.patience.until(() => rangesOf(client.asking, topic, upTo(found.count)))
        : undefined;
    const member = group === undefined ? undefined : new GroupMember(client.asking, topic, patience());
    const settings = { topic, from: source.from, onGap: source.onGap, positionOf, warn };
    const partitions = new Partitions({
      settings,
      asking: client.asking,
      count: found.count,
      ends,
      member,
      patience: patience(),
      growthMs: options.growthMs ?? GROWTH_MS,
    });
    const columns = options.columns ?? mappedColumns(mappingOf(source));
    const { fields } = options;
    const reading = { topic, value: source.value ?? 'json', columns, ...(fields && { fields }) };
    return new KafkaFeed({ client, partitions, member, patience, reading, signal, maxChanges });
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}
