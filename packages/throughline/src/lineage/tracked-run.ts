/** What is told of runs to those who collect it. */
import type { Config } from '../config/index.ts';
import type { Lake } from '../lake/lake.ts';
import type { RunResult } from '../run/result.ts';
import type { RunOptions } from '../run/run-options.ts';
import type { SourceFile } from '../source/files.ts';
import type { Mapping } from '../source/mapping.ts';

export interface TrackedRun {
  run: string;
  /** Milliseconds since 1970 UTC. */
  started: number;
  config: Config;
  /** Folder that relative paths in the config start from. */
  directory: string;
  /** Absent of a run that ended before it had found its source. */
  begun?: BegunRun;
}

export interface BegunRun {
  lake: Lake;
  mapping: Mapping;
  files: readonly SourceFile[];
  manifest: Readonly<Record<string, unknown>>;
  options: RunOptions;
}

export interface RunEnd {
  /** Milliseconds since 1970 UTC. */
  ended: number;
  status: 'done' | 'failed' | 'interrupted';
  /** Absent where an error ended it. */
  result?: RunResult;
  error?: { code: string; message: string };
  /** Seconds of each stage. */
  stages: Readonly<Record<string, number>>;
  /** When each of them was, in milliseconds since 1970 UTC. */
  intervals: readonly { stage: string; from: number; to: number }[];
}

/** Somebody who is told. A run never waits for it but at its end, and never fails for it. */
export interface Collector {
  /** Of a run that knows what it will do; returns at once. */
  begun(run: TrackedRun): void;
  /** Resolves when all is sent. Rejects with why it could not be. */
  ended(run: TrackedRun, end: RunEnd): Promise<void>;
}
