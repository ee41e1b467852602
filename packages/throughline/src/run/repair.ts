/**
 * Rebuilds the ledger's `done` rows that are lost: a process killed after the passages commit and before its report
 * leaves a published chunk of which the ledger does not know. The commit itself says all that the row needs.
 */
import { type HistoryEntry, history } from '@throughline/delta';
import type { Claimant } from '../chunk/claim.ts';
import { type ChunkEvent, type ChunkState, type Ledger, report } from '../chunk/ledger.ts';
import { STREAM_DIGEST } from '../follow/report-chunks.ts';
import type { Build } from '../lake/build.ts';
import { type Publication, publishedAttempt } from '../lake/publish.ts';

export async function repairLedger(
  ledger: Ledger,
  build: Build,
  pipelineId: string,
  by: Claimant,
): Promise<Ledger> {
  return report(ledger, await unreported(ledger, build, pipelineId), by.clock);
}
/** Commits that are read first; four times as many as long as some chunk is not among them. */
const NEWEST = 64;

/** The `done` events that the ledger lacks. */
export async function unreported(ledger: Ledger, build: Build, pipelineId: string): Promise<ChunkEvent[]> {
  const lost = new Map<string, ChunkState>();
  for (const [chunk, state] of ledger.states) {
    const published = publishedAttempt(pipelineId, build, chunk);
    const { done } = state;
    // What streams have done since is newer than the publication, and known.
    if (done?.digest === STREAM_DIGEST && done.attempt > published) continue;
    if (published > 0 && done?.attempt !== published) lost.set(chunk, state);
  }
  for (let limit = NEWEST; lost.size > 0; limit *= 4) {
    const commits = await history(build.tables.passages.root, limit);
    const events = commits.flatMap((commit) => eventOf(commit, lost, build, pipelineId) ?? []);
    if (events.length === lost.size || commits.length < limit) return events;
  }
  return [];
}

function eventOf(
  { info, timestamp }: HistoryEntry,
  lost: ReadonlyMap<string, ChunkState>,
  build: Build,
  pipelineId: string,
): ChunkEvent | undefined {
  const publication = info.throughline as Publication | undefined;
  const state = publication && lost.get(publication.chunk);
  if (!state || publication.attempt !== publishedAttempt(pipelineId, build, publication.chunk))
    return undefined;
  const { chunk, attempt, run, digest, counts } = publication;
  const { owner } = state.last;
  return { chunk, attempt, event: 'done', owner, run, at: timestamp, digest, ...counts };
}
