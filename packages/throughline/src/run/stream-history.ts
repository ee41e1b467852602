/** Where a source is followed from for the first time, and its history beside the stream. */
import { setTimeout as sleep } from 'node:timers/promises';
import { durationMs } from '../config/index.ts';
import { asThroughlineError } from '../error.ts';
import { asOfNow } from '../lake/build.ts';
import { noteBegin } from '../lake/history-begin.ts';
import { committedPosition } from '../lake/stream-commit.ts';
import type { Embedder } from '../model/index.ts';
import { whole } from '../source/copy-marks.ts';
import { standingOf } from '../source/open-feed.ts';
import { moveTo } from './mark-copied.ts';
import type { OpenFeedRun } from './run-feed.ts';

/**
 * A source that can be read as a whole is followed from where a run has read all of it; or, a database, from where it stands now. Then a
 * run of its own does the chunks of the history beside the stream: gives a promise of its end, or none where there is nothing to do.
 * A history that does not come to its end is told, and gone on with after `follow.derive`.
 */
export async function beginHistory(run: OpenFeedRun, embedder: Embedder): Promise<Promise<void>[]> {
  const { lake, prepared, build, runId, effects } = run;
  const { signal, clock, runHistory } = effects;
  const { source } = prepared.config;
  const standing = await standingOf(source, prepared.files, signal);
  if (!standing) return [];
  const { stream, position } = standing;
  const at = (name: string) => committedPosition(lake.pipeline.id, build, name);
  const read = at(whole(stream));
  const begin = read ?? (source.type === 'postgres' ? position : null);
  if (at(stream) === null && begin !== null) {
    await noteBegin(lake, build, stream);
    await moveTo(lake, build, stream, { position: begin, run: runId, clock });
  }
  if (!runHistory || read !== null || source.type !== 'postgres') return [];
  return [untilWhole(run, whole(stream), () => runHistory(prepared.config, embedder, signal))];
}

async function untilWhole(run: OpenFeedRun, mark: string, runHistory: () => Promise<void>): Promise<void> {
  const { lake, prepared, build, effects } = run;
  const { signal, reporter } = effects;
  reporter.info?.('The history is done chunk by chunk, the newest first, while new changes are published.');
  const againMs = durationMs(prepared.config.follow.derive);
  while (!signal.aborted) {
    const error = await runHistory().then(() => undefined, asThroughlineError);
    if (signal.aborted) return;
    if (committedPosition(lake.pipeline.id, await asOfNow(build), mark) !== null) return;
    const why = error ? error.message : 'some of its chunks failed';
    reporter.warning(`the history is not complete: ${why}; again in ${againMs / 60_000} minutes`);
    await sleep(againMs, undefined, { signal }).catch(() => {});
  }
}
