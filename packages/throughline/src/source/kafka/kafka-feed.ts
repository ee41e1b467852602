/**
 * Messages of a topic as changes of records. The table is the truth: where to go on is asked of whoever commits, never of Kafka.
 * In memory: one batch, 64 MB of messages that wait, and one answer of each broker: at most 8 MB as it is on its disk; a message that is
 * longer comes alone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeFeed, FeedBatch } from '../change-feed.ts';
import type { SourceColumn } from '../source-columns.ts';
import type { KafkaClient } from './client.ts';
import { Fetcher } from './fetcher.ts';
import type { GroupMember } from './group-member.ts';
import { changeOf, type Reading } from './message-change.ts';
import { behind, type Partition, standsAt, take } from './partition.ts';
import type { Partitions } from './partitions.ts';
import type { Patience } from './patience.ts';

/** How long to wait for partitions where the others of the group have all of them. */
const IDLE_MS = 200;
/** Most that closing waits for the last mark in the group. */
const FLUSH_MS = 1_000;

interface Options {
  client: KafkaClient;
  partitions: Partitions;
  member: GroupMember | undefined;
  patience: () => Patience;
  reading: Omit<Reading, 'partition'>;
  signal: AbortSignal;
  /** Of a batch. */
  maxChanges: number;
}

export class KafkaFeed implements ChangeFeed {
  readonly #options: Options;
  readonly #fetcher: Fetcher;

  constructor(options: Options) {
    const { client, partitions, patience, reading, signal } = options;
    this.#options = options;
    this.#fetcher = new Fetcher(client.fetching, {
      topic: reading.topic,
      patience,
      signal,
      outOfRange: (partition) => partitions.drop(partition),
    });
  }

  async *batches(): AsyncGenerator<FeedBatch> {
    const { partitions, signal } = this.#options;
    while (!signal.aborted) {
      await partitions.refresh();
      if (signal.aborted) return;
      const unmarked = partitions.unmarked();
      if (unmarked !== undefined) {
        yield* this.#give(unmarked, 0);
        continue;
      }
      const partition = partitions.next();
      if (partition !== undefined) yield* this.#give(partition, this.#options.maxChanges);
      else if (partitions.areDone()) return;
      else if (partitions.all().length > 0) await this.#fetcher.next(partitions.all());
      else await sleep(IDLE_MS, undefined, { signal }).catch(() => {}); // Aborted: the loop ends.
    }
  }

  restart(stream: string): void {
    const { partitions } = this.#options;
    const partition = partitions.all().find((one) => one.stream === stream);
    if (partition !== undefined) partitions.drop(partition);
  }

  async columns(): Promise<SourceColumn[] | undefined> {
    return this.#options.reading.fields?.take();
  }

  speaksForAll(): boolean {
    return this.#options.member?.partitions.includes(0) ?? true;
  }

  /** A batch of no changes commits where the partition stands. */
  async *#give(partition: Partition, most: number): AsyncGenerator<FeedBatch> {
    const { partitions, member } = this.#options;
    const batch = this.#batchOf(partition, most);
    this.#fetcher.ahead(partitions.all());
    yield batch;
    // Whoever asks for the next one has committed this one.
    if (partitions.has(partition)) member?.mark(partition.id, batch.to + 1);
  }

  #batchOf(partition: Partition, most: number): FeedBatch {
    const { id, stream, after } = partition;
    const messages = take(partition, most);
    const reading = { ...this.#options.reading, partition: id };
    const to = standsAt(partition);
    partition.after = to;
    partition.givenAt = performance.now();
    partition.isUnmarked = false;
    const times = messages.map(({ timestamp }) => timestamp).filter((time) => time !== undefined);
    return {
      stream,
      after,
      to,
      changes: messages.map((message) => changeOf(message, reading)),
      ...(times.length > 0 && { newestAt: times.reduce((a, b) => Math.max(a, b)) }),
      behind: behind(partition),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { client, member } = this.#options;
    // So that what is committed last is marked too, but never for long.
    await Promise.race([member?.flush(), sleep(FLUSH_MS, undefined, { ref: false })]);
    await client[Symbol.asyncDispose]();
  }
}
