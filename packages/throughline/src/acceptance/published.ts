/** The limits that what is published has to meet before it is promoted. */
import type { ChunkState } from '../chunk/ledger.ts';
import type { Config } from '../config/index.ts';
import type { Build } from '../lake/build.ts';
import type { Lake } from '../lake/lake.ts';
import { measureDeadLetterRate } from './dead-letter-rate.ts';
import { measureFreshness } from './freshness.ts';
import type { MeasuredLimit } from './limit.ts';
import { measureParity, type ParityContext } from './parity.ts';

export interface PublishedTables extends Omit<ParityContext, 'passages' | 'sourceId'> {
  config: Config;
  statesOf: () => Promise<ReadonlyMap<string, ChunkState>>;
  /** The tables are more than a beginning: only then are they compared, and their age means something. */
  isWhole: boolean;
  /** Milliseconds since 1970 UTC. */
  started: number;
}

/** Nothing is read where there are no limits. Age and parity are not those of a sample. */
export async function measurePublished(
  lake: Lake,
  build: Build,
  { config: { acceptance, source }, statesOf, isWhole, started, ...context }: PublishedTables,
): Promise<MeasuredLimit[]> {
  const { deadLetterRate, freshness, parity } = acceptance;
  const isSample = build.info.sample !== undefined;
  const limits: (MeasuredLimit | undefined)[] = [];
  if (deadLetterRate) limits.push(await measureDeadLetterRate(lake, build, await statesOf(), deadLetterRate));
  if (isSample && (freshness || parity?.reference))
    context.info('acceptance.freshness and acceptance.parity are not measured on a sample');
  if (isWhole && !isSample) {
    if (freshness) limits.push(await measureFreshness(build, freshness, started));
    if (parity?.reference !== undefined) {
      const passages = [...(await statesOf()).values()].reduce((n, { done }) => n + (done?.passages ?? 0), 0);
      limits.push(await measureParity(lake, build, parity, { ...context, sourceId: source.id, passages }));
    }
  }
  return limits.filter((limit) => limit !== undefined);
}
