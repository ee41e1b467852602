/** Membership in a consumer group: which partitions are this process's. What the group has committed is never asked for. */
import type { Consumer } from '@platformatic/kafka';
import type { Patience } from './patience.ts';

export class GroupMember {
  readonly #consumer: Consumer;
  readonly #topic: string;
  readonly #patience: Patience;
  #generation = 0;
  #partitions: number[] = [];
  #isIn = false;
  /** What is to be committed to the group, by partition. */
  readonly #marks = new Map<number, number>();
  #marking: Promise<void> | undefined;

  constructor(consumer: Consumer, topic: string, patience: Patience) {
    this.#consumer = consumer;
    this.#topic = topic;
    this.#patience = patience;
    consumer.on('consumer:group:join', ({ assignments }) => {
      this.#isIn = true;
      this.#generation++;
      const mine = assignments?.find((one) => one.topic === topic);
      this.#partitions = [...(mine?.partitions ?? [])].sort((a, b) => a - b);
      this.#marks.clear();
    });
    // It could not join anew after a rebalance, and has given up.
    consumer.on('error', () => {
      this.#isIn = false;
    });
  }

  /** Grows with each assignment, also where it is the same as before: others may have read meanwhile. */
  get generation(): number {
    return this.#generation;
  }

  get partitions(): readonly number[] {
    return this.#partitions;
  }

  /** Returns as a member, or when aborted. */
  async ready(): Promise<void> {
    if (!this.#isIn) await this.#patience.until(() => this.#consumer.joinGroup());
  }

  /** As after the topic has grown. */
  rejoin(): void {
    this.#isIn = false;
  }

  /** Tells the group how far this is, for people's tools that show a lag: when it fails the next one will do. */
  mark(partition: number, next: number): void {
    if (!this.#isIn) return;
    this.#marks.set(partition, next);
    this.#marking ??= this.#commit().finally(() => {
      this.#marking = undefined;
    });
  }

  async #commit(): Promise<void> {
    while (this.#marks.size > 0) {
      const offsets = [...this.#marks].map(([partition, next]) => ({
        topic: this.#topic,
        partition,
        offset: BigInt(next),
        leaderEpoch: -1,
      }));
      this.#marks.clear();
      await this.#consumer.commit({ offsets }).catch(() => {});
    }
  }

  /** After the last `mark`. */
  async flush(): Promise<void> {
    await this.#marking;
  }
}
