/** Following a source that tells its changes: micro-batches from a feed to the tables. */
export { openBatchPublisher } from './batch-publisher.ts';
export { openChangesAgain } from './changes-again.ts';
export { openCompactor } from './compact.ts';
export { openDeriving } from './deriving.ts';
export { addFollowed, type Followed, type FollowSettings, followFeed } from './follow.ts';
export { type FreshnessSummary, openFreshness } from './freshness.ts';
export { openNews } from './news.ts';
export { reportChunks } from './report-chunks.ts';
export { openStreamWatch } from './stream-watch.ts';
