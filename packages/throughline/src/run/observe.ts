/** Tells those who collect runs what becomes of one, and how long each stage took. Nothing here fails a run. */
import type { LoadedConfig } from '../config/index.ts';
import { asThroughlineError } from '../error.ts';
import type { BegunRun, RunEnd, TrackedRun } from '../lineage/index.ts';
import { openCollectors } from './collectors.ts';
import type { RunEffects, RunReporter, RunSummary } from './run-effects.ts';
import { openStageClock } from './stage-clock.ts';

export interface Observer {
  /** Reports as the given one, and is listened to. */
  reporter: RunReporter;
  begun(run: BegunRun): void;
  /** Seconds of each stage so far. */
  stages(): Record<string, number>;
  /** Of a run with a result; told once. */
  ended(end: Omit<RunEnd, 'stages' | 'intervals'>): Promise<void>;
  /** Of a run that an error ended, unless its end was told. */
  failed(thrown: unknown): Promise<void>;
}

export function observeRun(
  { config, directory }: LoadedConfig,
  { runId, started }: { runId: string; started: number },
  { reporter, clock, signal }: RunEffects,
): Observer {
  const stageClock = openStageClock(clock);
  const collectors = openCollectors(config, process.env, (message) => reporter.warning(message));
  const run: TrackedRun = { run: runId, started, config, directory };
  reporter.begun?.(runId);
  let isOver = false;
  const ended = async (end: Omit<RunEnd, 'stages' | 'intervals'>) => {
    if (isOver) return;
    isOver = true;
    reporter.ended?.(summaryOf(end, started));
    await collectors.ended(run, { ...end, stages: stageClock.seconds(), intervals: stageClock.intervals() });
  };
  return {
    reporter: {
      ...reporter,
      stage(name) {
        stageClock.begin(name);
        reporter.stage(name);
      },
    },
    begun(begun) {
      run.begun = begun;
      collectors.begun(run);
    },
    stages: stageClock.seconds,
    ended,
    async failed(thrown) {
      const { code, message } = asThroughlineError(thrown);
      const status = signal.aborted ? 'interrupted' : 'failed';
      await ended({ ended: clock(), status, error: { code, message } });
    },
  };
}

function summaryOf(
  { status, ended, result, error }: Omit<RunEnd, 'stages' | 'intervals'>,
  started: number,
): RunSummary {
  const seconds = (ended - started) / 1000;
  if (!result) return { status, seconds, ...(error && { code: error.code }) };
  const { chunks, records, passages, deadLetters, embedded, cached, cost } = result;
  return { status, seconds, chunks, records, passages, deadLetters, embedded, cached, cost };
}
