/**
 * Messages of a topic as changes of records. The table is the truth: where to go on is asked of whoever commits, never of Kafka.
 * In memory: one batch, and one answer of each broker (at most 8 MB as it is on its disk; a message that is longer comes alone).
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceConfig } from '../../config/index.ts';
import { EXIT } from '../../error.ts';
import type { ChangeFeed, FeedBatch, FeedOptions } from '../change-feed.ts';
import { mappedColumns, mappingOf } from '../mapping.ts';
import { brokersOf, type KafkaClient, openClient } from './client.ts';
import { Fetcher } from './fetcher.ts';
import { GroupMember } from './group-member.ts';
import { kafkaError } from './kafka-error.ts';
import { changeOf } from './message-change.ts';
import {
  beginAt,
  type Gap,
  gapText,
  isDone,
  type Partition,
  type Range,
  streamOf,
  take,
} from './partition.ts';
import { Patience } from './patience.ts';
import { partitionCount, rangesOf } from './ranges.ts';

export interface KafkaFeedOptions extends FeedOptions {
  /** Folder that paths of certificates start from. */
  directory: string;
  /** Of processes that share the partitions, where `source.group` names none; without either this process reads all of them. */
  group?: string;
  /** How long a broker that is away is waited for, in milliseconds. */
  patienceMs?: number;
  warn: (message: string) => void;
}

const PATIENCE_MS = 60_000;
/** When it is opened: a wrong address is rather a mistake than a broker that is away. */
const OPEN_MS = 10_000;
/** How often it is looked whether the topic has grown. */
const GROWTH_MS = 30_000;
/** Most that closing waits for the last mark in the group. */
const FLUSH_MS = 1_000;
/** How long to wait for partitions where the others of the group have all of them. */
const IDLE_MS = 200;

/**
 * Throws ThroughlineError with exit code 66 where there is no such topic, 75 where no broker answers, 77 where this user may not
 * read. While it is read: 65 for messages that were deleted before they were read (`source_gap`), or a topic that was made anew.
 */
export async function openKafkaFeed(source: SourceConfig, options: KafkaFeedOptions): Promise<ChangeFeed> {
  const group = options.until === 'follow' ? (source.group ?? options.group) : undefined;
  const client = await openClient(source, { group, directory: options.directory });
  try {
    const opening = patienceOf(source, options, Math.min(options.patienceMs ?? PATIENCE_MS, OPEN_MS));
    const topic = source.topic!;
    const brokers = brokersOf(source.brokers!);
    const ask = () => partitionCount(client.asking, topic).catch((error) => throwIfMissing(error, brokers));
    const count = (await opening.until(ask)) ?? 0;
    const ends =
      options.until === 'end'
        ? await opening.until(() => rangesOf(client.asking, topic, upTo(count)))
        : undefined;
    const member =
      group === undefined ? undefined : new GroupMember(client.asking, topic, patienceOf(source, options));
    return new KafkaFeed(source, options, { client, count, ends, member });
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}

/** Nothing is gained by waiting for a topic that somebody has misspelt. */
function throwIfMissing(error: unknown, brokers: readonly string[]): never {
  const told = kafkaError(error, brokers);
  throw told.exitCode === EXIT.noInput ? told : error;
}

function patienceOf(
  source: SourceConfig,
  { signal, patienceMs = PATIENCE_MS }: KafkaFeedOptions,
  ms = patienceMs,
): Patience {
  return new Patience({ brokers: brokersOf(source.brokers!), signal, ms });
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, id) => id);
}

interface Opened {
  client: KafkaClient;
  /** Partitions of the topic. */
  count: number;
  /** Where each ended when it was opened; undefined of what is followed. */
  ends: ReadonlyMap<number, Range> | undefined;
  member: GroupMember | undefined;
}

class KafkaFeed implements ChangeFeed {
  readonly #source: SourceConfig;
  readonly #options: KafkaFeedOptions;
  readonly #opened: Opened;
  readonly #columns: readonly string[];
  readonly #fetcher: Fetcher;
  readonly #patience: Patience;
  readonly #aborted: Promise<unknown>;
  /** Those that this process reads, the one whose turn is next first. */
  readonly #partitions = new Map<number, Partition>();
  /** With `from: latest`: where each was begun at first, for one that has to be begun again before anything was committed. */
  readonly #firsts = new Map<number, number>();
  #generation = 0;
  #count: number;
  #looked = performance.now();

  constructor(source: SourceConfig, options: KafkaFeedOptions, opened: Opened) {
    this.#source = source;
    this.#options = options;
    this.#opened = opened;
    this.#count = opened.count;
    this.#columns = mappedColumns(mappingOf(source));
    this.#patience = patienceOf(source, options);
    this.#aborted = once(options.signal, 'abort');
    this.#fetcher = new Fetcher(opened.client.fetching, {
      topic: source.topic!,
      patience: () => patienceOf(source, options),
      signal: options.signal,
      aborted: this.#aborted,
      outOfRange: (partition) => this.#drop(partition),
    });
  }

  async *batches(): AsyncGenerator<FeedBatch> {
    const { signal, until } = this.#options;
    while (!signal.aborted) {
      await this.#begin(await this.#assigned());
      if (signal.aborted) return;
      const partition = this.#nextReady();
      if (partition !== undefined) yield* this.#give(partition);
      else if (until === 'end' && [...this.#partitions.values()].every(isDone)) return;
      else if (this.#partitions.size > 0) await this.#fetcher.next([...this.#partitions.values()]);
      else await Promise.race([sleep(IDLE_MS), this.#aborted]);
    }
  }

  restart(stream: string): void {
    const partition = [...this.#partitions.values()].find((one) => one.stream === stream);
    if (partition !== undefined) this.#drop(partition);
  }

  /** It is begun again, at its committed position. */
  #drop(partition: Partition): void {
    if (this.#partitions.get(partition.id) === partition) this.#partitions.delete(partition.id);
  }

  /** The partitions that are to be read here. After each assignment all are begun again: others may have read them meanwhile. */
  async #assigned(): Promise<readonly number[]> {
    const { member } = this.#opened;
    this.#lookForMore();
    if (member === undefined) return upTo(this.#count);
    await member.ready();
    if (member.generation !== this.#generation) this.#partitions.clear();
    this.#generation = member.generation;
    return member.partitions;
  }

  #lookForMore(): void {
    const { client, member } = this.#opened;
    if (this.#options.until === 'end' || performance.now() - this.#looked < GROWTH_MS) return;
    this.#looked = performance.now();
    partitionCount(client.asking, this.#source.topic!).then(
      (count) => {
        if (count > this.#count) member?.rejoin();
        this.#count = Math.max(this.#count, count);
      },
      () => {}, // It is looked again.
    );
  }

  async #begin(ids: readonly number[]): Promise<void> {
    const { positionOf } = this.#options;
    const { client, ends } = this.#opened;
    const topic = this.#source.topic!;
    const missing = ids.filter((id) => !this.#partitions.has(id));
    if (missing.length === 0) return;
    const ranges = await this.#patience.until(() => rangesOf(client.asking, topic, missing));
    for (const [id, range] of ranges ?? []) {
      const stream = streamOf(topic, id);
      const position = await positionOf(stream);
      const begin = { position, range, first: this.#firstOf(id, range) };
      const next = beginAt(stream, begin, { onGap: this.#source.onGap, lost: (gap) => this.#lost(gap) });
      const end = ends?.get(id)?.end;
      this.#partitions.set(id, { id, stream, after: position, next, end, waiting: [], high: range.end });
    }
  }

  #firstOf(id: number, range: Range): number {
    // What was added to the topic while it is followed is read whole.
    if (this.#source.from !== 'latest' || id >= this.#opened.count) return range.start;
    const first = this.#firsts.get(id) ?? range.end;
    this.#firsts.set(id, first);
    return first;
  }

  #lost(gap: Gap): void {
    this.#options.warn(`${gapText(gap)}; skipped, as source.onGap says`);
  }

  /** Each in its turn, so that one with a long backlog keeps no other waiting. */
  #nextReady(): Partition | undefined {
    const partition = [...this.#partitions.values()].find(({ waiting }) => waiting.length > 0);
    if (partition === undefined) return undefined;
    this.#partitions.delete(partition.id);
    this.#partitions.set(partition.id, partition);
    return partition;
  }

  async *#give(partition: Partition): AsyncGenerator<FeedBatch> {
    const batch = this.#batchOf(partition);
    this.#fetcher.ahead([...this.#partitions.values()]);
    yield batch;
    // Whoever asks for the next one has committed this one.
    if (this.#partitions.get(partition.id) === partition)
      this.#opened.member?.mark(partition.id, batch.to + 1);
  }

  #batchOf(partition: Partition): FeedBatch {
    const messages = take(partition, this.#options.maxChanges);
    const { id, stream, after, high } = partition;
    const value = this.#source.value ?? 'json';
    const reading = { topic: this.#source.topic!, partition: id, value, columns: this.#columns };
    const to = messages.at(-1)!.offset;
    partition.after = to;
    const times = messages.map(({ timestamp }) => timestamp).filter((time) => time !== undefined);
    return {
      stream,
      after,
      to,
      changes: messages.map((message) => changeOf(message, reading)),
      ...(times.length > 0 && { newestAt: times.reduce((a, b) => Math.max(a, b)) }),
      behind: Math.max(0, high - to - 1),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { client, member } = this.#opened;
    // So that what is committed last is marked too, but never for long.
    await Promise.race([member?.flush(), sleep(FLUSH_MS, undefined, { ref: false })]);
    await client[Symbol.asyncDispose]();
  }
}
