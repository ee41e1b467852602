/** What a run comes to. */

import type { MeasuredLimit } from '../acceptance/index.ts';
import { addCounts, type ChunkCounts, NO_COUNTS } from '../chunk/ledger.ts';
import { EXIT } from '../error.ts';
import type { IndexJudgement } from '../evaluation/index.ts';
import type { FreshnessSummary } from '../follow/index.ts';
import type { HttpStats } from '../http/index.ts';
import type { Build } from '../lake/build.ts';
import type { CheckResult } from '../quality/index.ts';
import type { SourceColumn } from '../source/source-columns.ts';
import type { FitDecision, ThemesWatched } from '../theme/index.ts';
import type { FailedChunk } from './book.ts';
import type { Estimate } from './estimate.ts';
import type { Processed } from './process-chunks.ts';
import type { RunOptions } from './run-options.ts';
import { isPart } from './steps.ts';

export interface RunResult extends Omit<ChunkCounts, 'rows' | 'ms'> {
  runId: string;
  build: string;
  chunks: {
    done: number;
    /** As they were. */
    skipped: number;
    failed: number;
    /** Another run still works on them, or has kept dead letters of them from being tried again: of these some may be done as well. */
    left: number;
  };
  failures: FailedChunk[];
  sourceRows: number;
  filtered: number;
  /** All columns of the source, by which the next run knows whether they have changed; undefined where it was not read, or has none. */
  sourceColumns: SourceColumn[] | undefined;
  seconds: number;
  /** What the model's server was asked, and charges by the price that the config names; 0 without a server. */
  requests: number;
  tokens: number;
  cost: number;
  /** From the first chunk to the last, waiting for an API included. */
  embedSeconds: number;
  /** What was judged beforehand, by a sample of the rows that were due; undefined where none were, and on a cluster. */
  planned: Pick<Estimate, 'passages' | 'tokens' | 'seconds' | 'cost' | 'bytes'> | undefined;
  index: string | undefined;
  themes: string | undefined;
  /** Whether themes were fitted, and why. */
  themesFit: FitDecision | undefined;
  /** What has changed among the themes; undefined unless `themes.watch` asks for it. */
  themesWatched: ThemesWatched | undefined;
  /** Chunks that are kept though the source no longer has them. */
  vanished: string[];
  /** Limits of `acceptance:` and `index:` that are not met: then nothing is promoted. */
  unmet: string[];
  /** What the limits of `acceptance:` came to, as far as they were measured. */
  limits: MeasuredLimit[];
  /** Versions of the build's tables that it leaves. */
  tables: Record<string, number>;
  /** What the checks came to: those that are always on, then those of `quality:`; empty where chunks were left to others. */
  quality: CheckResult[];
  /** How the index answered the queries of `acceptance.ndcg`. */
  relevance: IndexJudgement | undefined;
  /** Of a source that tells its changes. */
  followed?: { batches: number; deleted: number; freshness: FreshnessSummary };
}

/** What a run has made of its source, and of which tables. */
export interface Ran {
  build: Build;
  result: RunResult;
}

export function versionsOf({ tables }: Build): Record<string, number> {
  return Object.fromEntries(Object.entries(tables).map(([name, { version }]) => [name, version]));
}

export function emptyResult(runId: string, build: Build): RunResult {
  const { rows: _rows, ms: _ms, ...counts } = NO_COUNTS;
  return {
    runId,
    build: build.info.digest,
    chunks: { done: 0, skipped: 0, failed: 0, left: 0 },
    failures: [],
    sourceRows: 0,
    filtered: 0,
    sourceColumns: undefined,
    ...counts,
    seconds: 0,
    ...costOf(undefined),
    embedSeconds: 0,
    planned: undefined,
    index: undefined,
    themes: undefined,
    themesFit: undefined,
    themesWatched: undefined,
    vanished: [],
    unmet: [],
    limits: [],
    quality: [],
    tables: {},
    relevance: undefined,
  };
}

/** Adds what became of the chunks. */
export function addProcessed(result: RunResult, processed: Processed): RunResult {
  const { published, failed, doneElsewhere, lost, usage } = processed;
  const { rows: _rows, ms: _ms, ...counts } = [...published.values()].reduce(addCounts, NO_COUNTS);
  const skipped = result.chunks.skipped + doneElsewhere;
  const chunks = { done: published.size, skipped, failed: failed.length, left: lost };
  return { ...result, ...counts, chunks, failures: failed, ...costOf(usage) };
}

export function costOf(usage: HttpStats | undefined) {
  return { requests: usage?.requests ?? 0, tokens: usage?.tokens ?? 0, cost: usage?.money ?? 0 };
}

/**
 * 75 or 69 where another run may bring more: chunks are left to others, or failed and may succeed later. Bad data where a limit
 * is not met, or where nothing but dead rows came in, ever: a bad line in a healthy lake is in its dead letters. A task that maps some
 * chunks does not know of the others: what all come to is judged after them.
 */
export function exitCodeOf(
  {
    chunks,
    failures,
    unmet,
    records,
    deadLetters,
  }: Pick<RunResult, 'chunks' | 'failures' | 'unmet' | 'records' | 'deadLetters'>,
  options: RunOptions = {},
  skipCode = false,
): number {
  if (chunks.left > 0 || failures.some(({ exitCode }) => exitCode === EXIT.tryAgain)) return EXIT.tryAgain;
  if (failures.some(({ exitCode }) => exitCode === EXIT.unavailable)) return EXIT.unavailable;
  if (failures[0]) return failures[0].exitCode;
  if (unmet.length > 0) return EXIT.badData;
  if (records === 0 && deadLetters > 0 && chunks.skipped === 0 && !isPart(options)) return EXIT.badData;
  const maps = options.only === undefined || options.only === 'map';
  return skipCode && maps && chunks.done === 0 ? EXIT.nothingToDo : EXIT.ok;
}
