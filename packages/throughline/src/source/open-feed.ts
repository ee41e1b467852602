import type { SourceConfig } from '../config/index.ts';
import type { ChangeFeed, FeedOptions } from './change-feed.ts';

/** Whether the source is a stream: there is nothing of it to read as a whole. */
export function isStream(_source: Pick<SourceConfig, 'type'>): boolean {
  return false;
}

/** Whether the source tells what has changed since a position. */
export function tellsChanges(source: SourceConfig): boolean {
  return isStream(source);
}

/** Throws with exit code 66 where there is nothing, 77 where it may not be read. Only of a source that tells changes. */
export async function openFeed(_source: SourceConfig, _options: FeedOptions): Promise<ChangeFeed> {
  throw new Error('not yet');
}
