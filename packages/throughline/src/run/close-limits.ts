/** The end of a run's limits: what only the end tells is measured, all is recorded, and what only warns is told. */
import { type MeasuredLimit, measureSpending, recordLimits } from '../acceptance/index.ts';
import type { Config } from '../config/index.ts';
import type { Lake } from '../lake/lake.ts';
import type { RunResult } from './result.ts';
import type { RunEffects } from './run-effects.ts';
import type { RunOptions } from './run-options.ts';
import { isAfterChunks, isPart } from './steps.ts';

/**
 * Money and time are of a run that maps something: others cost none, and their figures would hide those that do. A task that maps a part of the
 * chunks has a part of both, which says nothing about a limit of the whole. A stream takes as long as it is let.
 */
export async function closeLimits(
  lake: Lake,
  { acceptance }: Config,
  result: RunResult,
  { options, effects }: { options: RunOptions; effects: RunEffects },
): Promise<MeasuredLimit[]> {
  const { done, failed } = result.chunks;
  const maps = !isAfterChunks(options.only) && !isPart(options) && done + failed > 0;
  const limited = options.follow ? { ...acceptance, duration: undefined } : acceptance;
  const limits = [...result.limits, ...(maps ? measureSpending(limited, result) : [])];
  await recordLimits(lake, { run: result.runId, build: result.build }, limits, effects.clock);
  for (const { name, unmet } of limits)
    if (!isStopped(name, result))
      for (const sentence of unmet) effects.reporter.warning(`acceptance warns: ${sentence}`);
  return limits;
}

/** Whether it has kept something from being promoted. */
function isStopped(name: string, { unmet }: Pick<RunResult, 'unmet'>): boolean {
  return unmet.some((sentence) => sentence.startsWith(`${name}:`));
}
