/**
 * Rebuilds the ledger's `done` rows that are lost: a process killed after the passages commit and before its report
 * leaves a published chunk of which the ledger does not know. The commit itself says all that the row needs.
 */
import { history } from '@throughline/delta';
import type { Claimant } from '../chunk/claim.ts';
import { type ChunkEvent, type ChunkState, type Ledger, report } from '../chunk/ledger.ts';
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

/** The `done` events that the ledger lacks. */
export async function unreported(ledger: Ledger, build: Build, pipelineId: string): Promise<ChunkEvent[]> {
  const lost = new Map<string, ChunkState>();
  for (const [chunk, state] of ledger.states) {
    const published = publishedAttempt(pipelineId, build, chunk);
    if (published > 0 && state.done?.attempt !== published) lost.set(chunk, state);
  }
  if (lost.size === 0) return [];
  const events: ChunkEvent[] = [];
  for (const { info, timestamp } of await history(build.tables.passages.root)) {
    const publication = info.throughline as Publication | undefined;
    const state = publication && lost.get(publication.chunk);
    if (!state || publication.attempt !== publishedAttempt(pipelineId, build, publication.chunk)) continue;
    const { chunk, attempt, run, digest, counts } = publication;
    events.push({
      chunk,
      attempt,
      event: 'done',
      owner: state.last.owner,
      run,
      at: timestamp,
      digest,
      ...counts,
    });
  }
  return events;
}
