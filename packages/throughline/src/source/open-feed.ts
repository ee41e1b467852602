/** Sources that tell what has changed since a position, as feeds. */
import type { SourceConfig } from '../config/index.ts';
import type { ChangeFeed, FeedOptions } from './change-feed.ts';

/** Whether the source is a stream: there is nothing of it to read as a whole. */
export function isStream({ type }: Pick<SourceConfig, 'type'>): boolean {
  return type === 'kafka';
}

/** Whether the source can be followed change by change. */
export function tellsChanges(source: SourceConfig): boolean {
  return isStream(source) || hasHistory(source);
}

/** Whether it can be read as a whole as well: then its history is a run's, and the feed goes on from there. */
export function hasHistory({ type, changes }: SourceConfig): boolean {
  return type === 'postgres' && changes !== undefined;
}

export interface OpenFeedOptions extends FeedOptions {
  /** Columns that rows have to have. */
  columns: readonly string[];
  /** Folder that relative paths in the config start from. */
  directory: string;
  /** Of processes that share the work. */
  group: string;
  warn: (message: string) => void;
  /** Milliseconds since 1970 UTC. */
  clock: () => number;
  /** The ids of all records that are published. */
  knownIds: () => AsyncIterable<readonly string[]>;
}

/** Throws with exit code 66 where there is nothing, 77 where it may not be read. Only of a source that tells changes. */
export async function openFeed(source: SourceConfig, options: OpenFeedOptions): Promise<ChangeFeed> {
  if (source.type === 'kafka') {
    const { openKafkaFeed } = await import('./kafka/index.ts');
    return await openKafkaFeed(source, options);
  }
  const { openPostgresFeed } = await import('./postgres/postgres-feed.ts');
  return await openPostgresFeed(source, options);
}

/**
 * The stream of a source that has a history, and where it stands now: what changes later is behind that position. Undefined for any
 * other source.
 */
export async function standingOf(
  source: SourceConfig,
  signal?: AbortSignal,
): Promise<{ stream: string; position: number } | undefined> {
  if (!hasHistory(source)) return undefined;
  const { postgresStanding } = await import('./postgres/postgres-feed.ts');
  return await postgresStanding(source, signal);
}
