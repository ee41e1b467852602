import { hostname } from 'node:os';
import type { Engine, StagedChunk } from '../engine/engine.ts';
import type { Lake } from '../lake/lake.ts';
import { estimateDue } from './estimate.ts';
import { listRuns } from './manifest.ts';
import { measuredRate } from './measured-rate.ts';
import type { Prepared } from './prepare.ts';
import type { RunResult } from './result.ts';

/** What the due chunks are judged to cost. On a cluster that would be a job of its own. */
export async function plannedCost(
  lake: Lake,
  engine: Engine,
  prepared: Prepared,
  due: readonly StagedChunk[],
): Promise<RunResult['planned']> {
  if (prepared.config.engine !== 'local') return undefined;
  const rate = measuredRate(await listRuns(lake), { model: prepared.model.digest, host: hostname() });
  try {
    const { passages, tokens, seconds, cost, bytes } = await estimateDue(engine, prepared, due, rate);
    return { passages, tokens, seconds, cost, bytes };
  } catch {
    // Rows that cannot be read are the business of their chunk, which says so.
    return undefined;
  }
}
