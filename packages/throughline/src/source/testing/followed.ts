/** What a follower does with a feed, without the lake: records in a map, positions that are committed with them. */
import type { Change, ChangeFeed, FeedBatch, FeedOptions } from '../change-feed.ts';

export type Row = Readonly<Record<string, string | null>>;

/** `Options` are those of the feed that is tested, beside those that are told here. */
export class Follower {
  readonly records = new Map<string, Row>();
  readonly positions = new Map<string, number>();
  readonly batches: FeedBatch[] = [];
  readonly #open: (options: FeedOptions) => Promise<ChangeFeed>;
  readonly #options: Pick<FeedOptions, 'maxChanges' | 'until'>;
  #feed: ChangeFeed | undefined;
  #reading: AsyncIterator<FeedBatch> | undefined;
  #stop = new AbortController();

  constructor(
    open: (options: FeedOptions) => Promise<ChangeFeed>,
    options: Pick<FeedOptions, 'maxChanges' | 'until'>,
  ) {
    this.#open = open;
    this.#options = options;
  }

  /** The next batch, which is not committed; undefined at the end. */
  async read(): Promise<FeedBatch | undefined> {
    this.#feed ??= await this.#open({
      ...this.#options,
      everyMs: 1,
      signal: this.#stop.signal,
      positionOf: async (stream) => this.positions.get(stream) ?? null,
    });
    this.#reading ??= this.#feed.batches()[Symbol.asyncIterator]();
    const { done, value } = await this.#reading.next();
    return done ? undefined : value;
  }

  /** As tables do: only what follows on what was committed. */
  commit(batch: FeedBatch): void {
    const { stream, after, to, changes } = batch;
    if ((this.positions.get(stream) ?? null) !== after || !Number.isSafeInteger(to) || to <= (after ?? 0))
      throw new Error(`a batch of ${stream} after ${after} to ${to} on ${this.positions.get(stream)}`);
    if (changes.length === 0 || changes.length > this.#options.maxChanges)
      throw new Error(`a batch of ${changes.length} changes`);
    this.positions.set(stream, to);
    this.batches.push(batch);
    for (const change of changes) this.#apply(change);
  }

  #apply(change: Change): void {
    if (change.kind === 'delete') this.records.delete(change.id);
    else if (change.kind === 'upsert') this.records.set(change.row.id!, change.row);
  }

  /** Commits until the record is there. */
  async until(id: string, isThere: (row: Row | undefined) => boolean): Promise<void> {
    while (!isThere(this.records.get(id))) this.commit((await this.read())!);
  }

  /** All batches of a feed that ends; gives their changes. */
  async toEnd(): Promise<Change[]> {
    const changes: Change[] = [];
    for (let batch = await this.read(); batch !== undefined; batch = await this.read()) {
      this.commit(batch);
      changes.push(...batch.changes);
    }
    await this.close();
    return changes;
  }

  /** The next read opens the feed again where it was committed. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#reading?.next();
    await this.#feed?.[Symbol.asyncDispose]();
    this.#feed = undefined;
    this.#reading = undefined;
    this.#stop = new AbortController();
  }
}
