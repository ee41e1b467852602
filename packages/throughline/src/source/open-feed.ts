/** Sources that tell what has changed since a position, as feeds. */
import type { SourceConfig } from '../config/index.ts';
import type { ChangeFeed, FeedOptions } from './change-feed.ts';
import type { Copies } from './copy-marks.ts';
import { afterVersion } from './delta-position.ts';
import type { SourceFiles } from './files.ts';
import type { FieldCounts } from './kafka/field-counts.ts';

/** Whether the source is a stream: there is nothing of it to read as a whole. */
export function isStream({ type }: Pick<SourceConfig, 'type'>): boolean {
  return type === 'kafka';
}

/** Whether the source can be followed change by change. */
export function tellsChanges({ type, changes, id, version }: SourceConfig): boolean {
  if (type === 'delta') return id !== undefined && version === undefined;
  return type === 'kafka' || (type === 'postgres' && changes !== undefined);
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
  /** The ids that a table has, any number of times each. */
  knownIds: (table: 'records' | 'passages') => AsyncIterable<readonly string[]>;
  /** Of runs beside the stream. */
  copies?: Copies;
  /** Counts the fields of messages. */
  fields?: FieldCounts;
}

/** Throws with exit code 66 where there is nothing, 77 where it may not be read. Only of a source that tells changes. */
export async function openFeed(source: SourceConfig, options: OpenFeedOptions): Promise<ChangeFeed> {
  if (source.type === 'kafka') {
    const { openKafkaFeed } = await import('./kafka/index.ts');
    return await openKafkaFeed(source, options);
  }
  if (source.type === 'delta') {
    const { openDeltaFeed } = await import('./delta-feed.ts');
    return await openDeltaFeed(source, options);
  }
  const { openPostgresFeed } = await import('./postgres/postgres-feed.ts');
  return await openPostgresFeed(source, options);
}

/** The stream of a source that can be read as a whole as well, and where it stands. */
export interface Standing {
  stream: string;
  /** What changes later is behind it. */
  position: number;
  /** Whether the feed gives all changes since an earlier position once more. */
  canReread: boolean;
}

/** Of the source as `files` says it was found, or as it is now. Undefined for any other source. */
export async function standingOf(
  source: SourceConfig,
  files: SourceFiles,
  signal?: AbortSignal,
): Promise<Standing | undefined> {
  if (!tellsChanges(source) || isStream(source)) return undefined;
  if (source.type === 'delta') {
    const { deltaStream } = await import('./delta-feed.ts');
    const { versionOf } = await import('./delta-table.ts');
    return { stream: deltaStream(source), position: afterVersion(versionOf(files)!), canReread: false };
  }
  const { postgresStanding } = await import('./postgres/postgres-feed.ts');
  return { ...(await postgresStanding(source, signal)), canReread: true };
}
