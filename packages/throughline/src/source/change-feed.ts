/** What a stream or a database tells of its records, change by change, and where in it one stands. */
import type { DeadLetter } from '../mapper/rows.ts';
import type { SourceColumn } from './source-columns.ts';

/** What happened to one record. */
export type Change =
  /** The row as it is now: columns of the source by name, as texts; null where there is no value. */
  | { readonly kind: 'upsert'; readonly row: Readonly<Record<string, string | null>> }
  | { readonly kind: 'delete'; readonly id: string }
  /** A message that nobody can read. */
  | { readonly kind: 'reject'; readonly deadLetter: DeadLetter };

/** Changes of one stream, in the order in which they happened. */
export interface FeedBatch {
  /** The part of a stream that is read in order: `kafka:TOPIC/3`, `postgres:TABLE`. At most 200 characters. */
  readonly stream: string;
  /** Position of the last change before these, as it was committed; null where nothing was. */
  readonly after: number | null;
  /** Position of the last change in it: a safe integer above `after`; `after` itself where changes of before are given once more. */
  readonly to: number;
  /** May be none: then the position alone is to be committed, and it may be -1. */
  readonly changes: readonly Change[];
  /** When the newest of them came into being, in milliseconds since 1970 UTC. */
  readonly newestAt?: number;
  /** How many changes are known to be behind these. */
  readonly behind?: number;
}

export interface FeedOptions {
  /** The committed position of a stream; null where there is none. Asked whenever this process begins to read a stream. */
  readonly positionOf: (stream: string) => Promise<number | null>;
  /** Of a batch. */
  readonly maxChanges: number;
  /** `end`: what is there when the feed is opened. */
  readonly until: 'end' | 'follow';
  /** How long to wait between two looks at a source that has to be asked, in milliseconds. */
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

export interface ChangeFeed extends AsyncDisposable {
  /**
   * One batch at a time: the next is read when it is asked for, after the one before it was committed. A stream goes on where its
   * last batch ended, or at `positionOf`. In memory: one batch.
   */
  batches(): AsyncIterable<FeedBatch>;
  /**
   * To be called where the last batch of the stream could not be committed, because another process has committed more: the stream
   * goes on at its committed position, which is asked for anew. Before the next batch is asked for.
   */
  restart(stream: string): void;
  /**
   * What the source has now, mapped or not. Of messages, which have no columns of their own, their fields since the last time that it was asked; undefined
   * as long as too few came to say so.
   */
  columns(): Promise<SourceColumn[] | undefined>;
  /**
   * Whether this process is the one to say what the source has: of those that share a topic, the one that reads its first partition. Absent where each sees
   * all of it.
   */
  speaksForAll?(): boolean;
}
