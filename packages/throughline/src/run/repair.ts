/**
 * Rebuilds the ledger's `done` rows that are lost: a process killed after the passages commit and before its report
 * leaves a published chunk of which the ledger does not know. The commit itself says all that the row needs.
 */
import { history } from '@throughline/delta';
import { type ChunkEvent, type Claimant, type Ledger, report } from '../chunk/ledger.ts';
import type { Build } from '../lake/build.ts';
import { type Publication, publishedAttempt } from '../lake/publish.ts';

export async function repairLedger(
  ledger: Ledger,
  build: Build,
  pipelineId: string,
  by: Claimant,
): Promise<Ledger> {
  const unreported = new Map<string, number>();
  for (const [chunk, state] of ledger.states) {
    const published = publishedAttempt(pipelineId, build, chunk);
    if (published > 0 && state.done?.attempt !== published) unreported.set(chunk, published);
  }
  if (unreported.size === 0) return ledger;
  const events: ChunkEvent[] = [];
  for (const { info, timestamp } of await history(build.tables.passages.root)) {
    const publication = info.throughline as Publication | undefined;
    if (!publication || unreported.get(publication.chunk) !== publication.attempt) continue;
    const { chunk, attempt, run, digest, counts } = publication;
    events.push({ chunk, attempt, event: 'done', owner: by.owner, run, at: timestamp, digest, ...counts });
  }
  return report(ledger, events, by.clock);
}
