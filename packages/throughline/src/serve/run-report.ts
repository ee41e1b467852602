import type { AnswerOf } from '../api/index.ts';
import type { RunEntry, RunResult } from '../run/index.ts';

type ShownRun = AnswerOf<'runs'>['runs'][number];

/** A run as people look at it: the figures of its manifest, which is of whatever version of the product has made it. */
export function shownRun({ run, command, status, started, ended, build, manifest }: RunEntry): ShownRun {
  const result = manifest.result as Partial<RunResult> | undefined;
  return {
    ...{ run, command, status },
    started: new Date(started).toISOString(),
    ended: ended === undefined ? null : new Date(ended).toISOString(),
    seconds: ended === undefined ? null : (ended - started) / 1000,
    build: build ?? null,
    ...figuresOf(result),
    error: (manifest.error as ShownRun['error']) ?? null,
  };
}

function figuresOf(
  result: Partial<RunResult> = {},
): Pick<ShownRun, 'counts' | 'chunks' | 'cost' | 'index' | 'themes' | 'unmet' | 'ndcg'> {
  const { chunks, records, cost, index, themes, unmet = [], relevance } = result;
  const { passages = 0, deadLetters = 0, embedded = 0, cached = 0 } = result;
  return {
    counts: records === undefined ? null : { records, passages, deadLetters, embedded, cached },
    chunks: chunks ?? null,
    cost: cost ?? null,
    index: index ?? null,
    themes: themes ?? null,
    unmet,
    ndcg: relevance?.measures['ndcg@10'] ?? null,
  };
}
