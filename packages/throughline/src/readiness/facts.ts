/** What is known of a pipeline when its readiness is judged: read from the config and the lake, nothing of it assumed. */
import type { ChunkState } from '../chunk/ledger.ts';
import type { Config } from '../config/index.ts';
import type { BuildTable } from '../lake/build.ts';
import type { Current } from '../lake/lake.ts';
import type { Pin } from '../lake/pins.ts';
import type { ModelInfo, ModelSpec } from '../model/index.ts';
import type { StoredResult } from '../quality/index.ts';
import type { RunEntry, RunResult } from '../run/index.ts';
import type { IndexManifest } from '../search/index.ts';
import type { ThemesManifest } from '../theme/manifest.ts';

export interface Facts {
  config: Config;
  spec: ModelSpec;
  model: ModelInfo;
  /** Versions of the product and its libraries here and now. */
  versions: Record<string, string>;
  /** A command line of throughline with the config and profile that are judged. */
  command: (words: string) => string;
  /** Of `--dag`; undefined where none is named. */
  dag: DagState | undefined;
  /** Undefined before the first run. */
  lake: LakeFacts | undefined;
}

export interface DagState {
  file: string;
  /** Against what `throughline airflow` would write now. */
  state: 'same' | 'stale' | 'missing';
  /** Of the command that writes it for the place that it is for. */
  options: string;
}

/** A run that came to a result, with what its manifest has of it. */
export interface FinishedRun extends Omit<RunEntry, 'manifest'> {
  result: RunResult;
  manifest: RunManifest;
}

export interface RunManifest {
  model?: { id: string; digest: string };
  versions?: Record<string, string>;
  git?: { commit: string; dirty: boolean };
  host?: { name: string; cores: number; gigabytes: number };
  stages?: Record<string, number>;
  settings?: Record<string, unknown>;
}

export interface LakeFacts {
  current: Current;
  /** The build that today's settings make; undefined where the chunk rule is not known yet. */
  expected: string | undefined;
  /** Of the promoted build; absent where none is. */
  build:
    | {
        digest: string;
        isSample: boolean;
        tables: Record<BuildTable, { version: number; rowsByChunk: ReadonlyMap<string, number> }>;
        states: ReadonlyMap<string, ChunkState>;
      }
    | undefined;
  source: SourceState;
  index: { manifest: IndexManifest; faults: string[] } | undefined;
  themes: ThemesManifest | undefined;
  openDeadLetters: number;
  /** The newest first. */
  runs: RunEntry[];
  finished: FinishedRun[];
  results: StoredResult[];
  pins: Pin[];
}

/** Of the source against the tables. */
export type SourceState =
  | {
      known: true;
      /** How it is known: nobody has written to it since it was read, or it was read for this. */
      by: 'untouched' | 'read';
      chunks: number;
      due: string[];
      rows: number;
      filtered: number;
      /** Chunks that are kept though the source has them no longer. */
      vanished: string[];
    }
  /** What only a cluster can read is not read for this. */
  | { known: false };
