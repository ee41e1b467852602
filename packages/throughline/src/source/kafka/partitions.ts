/** The partitions that this process reads: which they are, where each begins, and whose turn it is. */
import type { Consumer } from '@platformatic/kafka';
import type { SourceConfig } from '../../config/index.ts';
import type { FeedOptions } from '../change-feed.ts';
import type { GroupMember } from './group-member.ts';
import {
  beginAt,
  type Gap,
  gapText,
  isDone,
  type Partition,
  type Range,
  streamOf,
  wantsMark,
} from './partition.ts';
import type { Patience } from './patience.ts';
import { partitionCount, rangesOf, upTo } from './ranges.ts';

interface Options {
  settings: Pick<FeedOptions, 'positionOf'> &
    Pick<SourceConfig, 'from' | 'onGap'> & { topic: string; warn: (message: string) => void };
  asking: Consumer;
  /** Partitions of the topic when it was opened. */
  count: number;
  /** Where each ended then; undefined of what is followed. */
  ends: ReadonlyMap<number, Range> | undefined;
  member: GroupMember | undefined;
  patience: Patience;
  /** How often it is looked whether the topic has grown, in milliseconds. */
  growthMs: number;
}

export class Partitions {
  readonly #options: Options;
  /** The one whose turn is next first. */
  readonly #partitions = new Map<number, Partition>();
  #count: number;
  #generation = 0;
  #looked = performance.now();

  constructor(options: Options) {
    this.#options = options;
    this.#count = options.count;
  }

  all(): Partition[] {
    return [...this.#partitions.values()];
  }

  has(partition: Partition): boolean {
    return this.#partitions.get(partition.id) === partition;
  }

  /** Only where each has an end. */
  areDone(): boolean {
    return this.#options.ends !== undefined && this.all().every(isDone);
  }

  /** Each that has something to give in its turn, so that one with a long backlog keeps no other waiting. */
  next(): Partition | undefined {
    const partition = this.all().find(({ waiting }) => waiting.length > 0);
    if (partition === undefined) return undefined;
    this.#partitions.delete(partition.id);
    this.#partitions.set(partition.id, partition);
    return partition;
  }

  /** One whose position alone is to be committed: the highest first, for what `#isNew` makes of it. */
  unmarked(): Partition | undefined {
    const wanting = this.all().filter((partition) => wantsMark(partition, performance.now()));
    return wanting.toSorted((a, b) => b.id - a.id)[0];
  }

  /** It is begun again, at its committed position. */
  drop(partition: Partition): void {
    if (this.has(partition)) this.#partitions.delete(partition.id);
  }

  /** Learns which are this process's, and begins those that are not begun. */
  async refresh(): Promise<void> {
    this.#lookForMore();
    await this.#begin(await this.#assigned());
  }

  /** After each assignment all are begun again: others may have read them meanwhile. */
  async #assigned(): Promise<readonly number[]> {
    const { member } = this.#options;
    if (member === undefined) return upTo(this.#count);
    await member.ready();
    if (member.generation !== this.#generation) this.#partitions.clear();
    this.#generation = member.generation;
    return member.partitions;
  }

  #lookForMore(): void {
    const { asking, settings, member, ends, growthMs } = this.#options;
    if (ends !== undefined || performance.now() - this.#looked < growthMs) return;
    this.#looked = performance.now();
    partitionCount(asking, settings.topic).then(
      (count) => {
        if (count > this.#count) member?.rejoin();
        this.#count = Math.max(this.#count, count);
      },
      () => {}, // It is looked again.
    );
  }

  async #begin(ids: readonly number[]): Promise<void> {
    const { asking, settings, ends, patience } = this.#options;
    const missing = ids.filter((id) => !this.#partitions.has(id));
    if (missing.length === 0) return;
    const ranges = await patience.until(() => rangesOf(asking, settings.topic, missing));
    for (const [id, range] of ranges ?? []) {
      const stream = streamOf(settings.topic, id);
      const position = await settings.positionOf(stream);
      const isLatest = settings.from === 'latest' && position === null && !(await this.#isNew(id));
      const begin = { position, range, first: isLatest ? range.end : range.start };
      const next = beginAt(stream, begin, (gap) => this.#onGap(gap));
      const end = ends?.get(id)?.end;
      const rest = {
        end,
        waiting: [],
        waitingBytes: 0,
        stable: range.end,
        givenAt: performance.now(),
        isUnmarked: isLatest,
      };
      this.#partitions.set(id, { id, stream, after: position, next, ...rest });
    }
  }

  /**
   * Whether it was added to the topic after the lake had begun with it: then it is read whole, whatever `from` says. Partitions are
   * added behind the others; where all begin at once the position of the last is committed first.
   */
  async #isNew(id: number): Promise<boolean> {
    const { count, settings } = this.#options;
    if (id >= count) return true;
    for (const other of upTo(count).reverse())
      if (other !== id && (await settings.positionOf(streamOf(settings.topic, other))) !== null)
        return other < id;
    return false;
  }

  #onGap(gap: Gap): 'fail' | 'skip' {
    const { onGap = 'fail', warn } = this.#options.settings;
    if (onGap === 'skip') warn(`${gapText(gap)}; skipped, as source.onGap says`);
    return onGap;
  }
}
