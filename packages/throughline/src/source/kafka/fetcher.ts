/** Asks brokers for messages, one request at a time to each, so that one that has none keeps nobody waiting for another. */
import type { Consumer } from '@platformatic/kafka';
import { committedMessages, type FetchResponse } from './committed-messages.ts';
import { firstOf } from './first-of.ts';
import { isEmpty, type Partition, receive } from './partition.ts';
import type { Patience } from './patience.ts';

/** How long a broker that has nothing new waits for something, then answers all the same. */
const WAIT_MS = 500;
/** Of one partition in one answer, as they are on the broker's disk; a larger message comes all the same, alone. */
const PARTITION_BYTES = 1 << 20;
const ANSWER_BYTES = 8 << 20;
/** Of all messages that wait, unpacked: when there are more, no broker is asked for others. */
const WAITING_BYTES = 64 << 20;
const OFFSET_OUT_OF_RANGE = 1;
/** Not known: the broker need not check it. */
const NO_EPOCH = -1;
/** Leads a partition between two elections. */
const NOBODY = -1;

interface Failure extends Error {
  response?: FetchResponse;
}

interface Options {
  topic: string;
  patience: () => Patience;
  signal: AbortSignal;
  /** What is asked for is not there any more, or not yet. */
  outOfRange: (partition: Partition) => void;
}

export class Fetcher {
  readonly #consumer: Consumer;
  readonly #options: Options;
  readonly #patience = new Map<number, Patience>();
  /** By broker. */
  readonly #pending = new Map<number, Promise<void>>();
  #leaders: number[] = [];
  #asking: Patience | undefined;
  #failure: unknown;

  constructor(consumer: Consumer, options: Options) {
    this.#consumer = consumer;
    this.#options = options;
  }

  /** Until one broker has answered, with messages or without, or the work is aborted. Throws where brokers were away for too long. */
  async next(partitions: readonly Partition[]): Promise<void> {
    await this.#learnLeaders();
    this.ahead(partitions);
    await firstOf(this.#pending.values(), this.#options.signal);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Begins to fetch of each partition of which nothing waits, unless much waits. Messages come into the partitions by themselves. */
  ahead(partitions: readonly Partition[]): void {
    if (partitions.reduce((sum, { waitingBytes }) => sum + waitingBytes, 0) >= WAITING_BYTES) return;
    this.#forgetOthers(partitions);
    // Where something waits to be given nobody waits for a broker.
    const wait = partitions.some(({ waiting }) => waiting.length > 0) ? 0 : WAIT_MS;
    const byLeader = Map.groupBy(partitions.filter(isEmpty), (one) => this.#leaderOf(one));
    for (const [node, its] of byLeader) {
      if (this.#pending.has(node)) continue;
      const pending = this.#fetch(node, its, wait)
        .catch((error) => {
          this.#failure ??= error;
        })
        .finally(() => this.#pending.delete(node));
      this.#pending.set(node, pending);
    }
  }

  #leaderOf({ id }: Partition): number {
    return this.#leaders[id] ?? NOBODY;
  }

  /** A broker that leads none of them any more has nothing to make up for. */
  #forgetOthers(partitions: readonly Partition[]): void {
    const leaders = new Set(partitions.map((one) => this.#leaderOf(one)));
    for (const node of this.#patience.keys()) if (!leaders.has(node)) this.#patience.delete(node);
  }

  /** The client remembers them for half a minute. */
  async #learnLeaders(): Promise<void> {
    const { patience } = this.#options;
    this.#asking ??= patience();
    await this.#asking.until(() => this.#topicId());
  }

  /** Learns its leaders too: where a backlog is read nobody else asks for long who leads now. */
  async #topicId(): Promise<string> {
    const { topic } = this.#options;
    const { topics } = await this.#consumer.metadata({ topics: [topic] });
    const { id, partitions } = topics.get(topic)!;
    this.#leaders = partitions.map(({ leader }) => leader);
    return id;
  }

  async #fetch(node: number, partitions: readonly Partition[], maxWaitTime: number): Promise<void> {
    const { signal } = this.#options;
    const patience = this.#patience.get(node) ?? this.#options.patience();
    this.#patience.set(node, patience);
    const begun = performance.now();
    const asked = new Map(partitions.map((one) => [one.id, { partition: one, from: one.next }]));
    try {
      const topicId = await this.#topicId();
      if (node === NOBODY)
        throw new Error(`nobody leads ${partitions.map(({ stream }) => stream).join(', ')}`);
      const request = partitions.map(({ id, next }) => ({
        partition: id,
        fetchOffset: BigInt(next),
        currentLeaderEpoch: NO_EPOCH,
        lastFetchedEpoch: NO_EPOCH,
        partitionMaxBytes: PARTITION_BYTES,
      }));
      const answer = await this.#consumer.fetch({
        node,
        topics: [{ topicId, partitions: request }],
        maxWaitTime,
        minBytes: 1,
        maxBytes: ANSWER_BYTES,
      });
      this.#take(answer, asked);
      patience.succeeded();
    } catch (error) {
      if (signal.aborted) return;
      const { response } = error as Failure;
      // Other partitions are in the same answer.
      if (response !== undefined && this.#take(response, asked)) return;
      this.#consumer.clearMetadata();
      await patience.failed(error, begun);
    }
  }

  /** Whether nothing is wrong but offsets. */
  #take(answer: FetchResponse, asked: ReadonlyMap<number, { partition: Partition; from: number }>): boolean {
    let isFine = answer.errorCode === 0;
    for (const one of answer.responses.flatMap(({ partitions }) => partitions)) {
      const { partition, from } = asked.get(one.partitionIndex) ?? {};
      if (partition === undefined || partition.next !== from) continue;
      if (one.errorCode === OFFSET_OUT_OF_RANGE) this.#options.outOfRange(partition);
      else if (one.errorCode !== 0) isFine = false;
      else {
        const { messages, next } = committedMessages(one, from);
        partition.stable = Number(one.lastStableOffset);
        receive(partition, messages, next);
      }
    }
    return isFine;
  }
}
