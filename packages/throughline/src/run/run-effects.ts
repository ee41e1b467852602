/** What a run needs of the outside world, and what it tells it. */
import type { ChunkCounts } from '../chunk/ledger.ts';
import type { Config } from '../config/index.ts';
import type { ClaimedChunk, Staged, StagedChunk } from '../engine/engine.ts';
import type { ThroughlineError } from '../error.ts';
import type { Embedder } from '../model/index.ts';
import type { RunEntry } from './manifest.ts';
import type { RunResult } from './result.ts';
import type { RunOptions } from './run-options.ts';

/** The outside world, replaced in tests. */
export interface RunEffects {
  clock: () => number;
  newId: () => string;
  signal: AbortSignal;
  reporter: RunReporter;
  /** One that is open already, and stays open. */
  embedder?: Embedder | undefined;
  /** With `follow`: publishes the history of the source, as a run of its own beside the stream, by the stream's settings. */
  runHistory?: (config: Config, embedder: Embedder, signal: AbortSignal) => Promise<void>;
}

/** How a run ended, in few figures. */
export interface RunSummary
  extends Partial<Pick<RunResult, 'records' | 'passages' | 'deadLetters' | 'embedded' | 'cached' | 'cost'>> {
  status: RunEntry['status'];
  seconds: number;
  chunks?: RunResult['chunks'];
  /** Code of the error that ended it. */
  code?: string;
}

/** `age`: seconds from the newest change to its publication; `behind`: changes that wait. Both undefined where the source does not tell. */
export interface PublishedNews {
  stream: string;
  changes: number;
  counts: ChunkCounts;
  age: number | undefined;
  behind: number | undefined;
}

/** What a run tells while it works: counts that are known anyway, never a query of their own. */
export interface RunReporter {
  /** Need not be listened to. */
  begun?(run: string): void;
  ended?(end: RunSummary): void;
  stage(name: 'read' | 'embed' | 'index' | 'themes'): void;
  /** Told once the work is known. */
  planned(plan: { staged: Staged; due: StagedChunk[]; unchanged: number }): void;
  rows(count: number): void;
  chunk(chunk: ClaimedChunk, counts: ChunkCounts): void;
  /** A micro-batch is published; need not be listened to. */
  batch?(batch: PublishedNews): void;
  /** Told in place of a warning, of each attempt that failed. */
  chunkFailed?(chunk: ClaimedChunk, error: ThroughlineError): void;
  /** Passages in the index that is being built, so far; need not be listened to. */
  indexed?(passages: number): void;
  warning(message: string): void;
  /** What is normal and worth a line; need not be listened to. */
  info?(message: string): void;
}

/** A run from its beginning on. */
export interface BegunRun {
  runId: string;
  /** Milliseconds since 1970 UTC. */
  started: number;
  options: RunOptions;
  effects: RunEffects;
}
