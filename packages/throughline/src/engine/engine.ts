/**
 * What the rest of a run asks of an engine: read the source into chunks, and run chunks up to their publication. The ledger,
 * retries, promotion, index and themes are the same for every engine.
 */

import type { ChunkCounts } from '../chunk/ledger.ts';
import type { ChunkRule } from '../chunk/plan.ts';
import type { ThroughlineError } from '../error.ts';
import type { HttpStats } from '../http/index.ts';
import type { Build } from '../lake/build.ts';
import type { SupersededError } from '../lake/publish.ts';
import type { SourceRow } from '../mapper/rows.ts';
import type { Embedder } from '../model/index.ts';
import type { Prepared } from '../run/prepare.ts';
import type { RunReporter } from '../run/run-effects.ts';
import type { SourceFiles } from '../source/files.ts';
import type { SourceColumn } from '../source/source-columns.ts';

/** A slice of the source. */
export interface StagedChunk {
  id: string;
  rows: number;
  /**
   * Count and content of its rows; equal digests mean equal rows, on every engine. Their order counts only among rows of
   * which one takes the place of another: those of one id, or of one key of a `dedupe`.
   */
  digest: string;
  /** Window of a chunk by date: local dates, half-open. */
  from?: string;
  to?: string;
}

export interface Staged {
  rule: ChunkRule;
  /** True where the config names no chunks and the planner chose the rule. */
  chosen: boolean;
  /** In order of their windows, values, paths or positions; `none` last. */
  chunks: StagedChunk[];
  /** Rows in the source, the malformed included. */
  sourceRows: number;
  /** Rows that the filter, or --sample, left out. */
  filtered: number;
  /** All columns of the source, mapped or not; undefined where its format has none of its own. */
  columns: SourceColumn[] | undefined;
}

export interface StageOptions {
  /** The configured rule, or that of an earlier plan of this lake, which is kept while it fits the mapping. */
  rule: ChunkRule | undefined;
  /** Only so many rows, chosen by content: the same rows on each run. */
  sample?: number | undefined;
}

export interface ClaimedChunk {
  id: string;
  /** Rows in the source. */
  rows: number;
  digest: string;
  attempt: number;
}

export type ChunkOutcome =
  | { chunk: ClaimedChunk; status: 'published'; counts: ChunkCounts }
  | { chunk: ClaimedChunk; status: 'superseded'; error: SupersededError }
  /** Nothing of the attempt is published. */
  | { chunk: ClaimedChunk; status: 'failed'; error: ThroughlineError };

/** What running chunks needs besides the chunks. */
export interface EngineRun {
  prepared: Prepared;
  build: Build;
  pipelineId: string;
  run: string;
  /** The chunks that may be claimed. */
  due: readonly StagedChunk[];
  /** Aborted when the claims may have been taken over. */
  holding: () => AbortSignal;
  /** One that is open, for runs beside each other in one process with one budget: whoever opened it closes it. Not of a cluster. */
  embedder?: Embedder | undefined;
  clock: () => number;
  /** When aborted no further row is read; what is not published stays unpublished. */
  signal: AbortSignal;
  /** `rows` is told of source rows as they are done; of a number below 0 when a chunk failed after that. */
  reporter: Pick<RunReporter, 'rows' | 'warning' | 'info'>;
}

export interface ChunkRunner extends AsyncDisposable {
  /** One outcome for each chunk. Throws what ends the run (`reachOf`); what fails for a chunk alone is its outcome. */
  run(chunks: AsyncIterable<ClaimedChunk>): AsyncGenerator<ChunkOutcome>;
  /** Makes vectors durable that are finished and not yet kept. */
  keep(): Promise<void>;
  /** Housekeeping after a run, on the cache of vectors. Throws where another run is at it. */
  tidy(): Promise<void>;
  /** What was asked of a model's server; undefined for a model of this machine or of the cluster. */
  usage(): HttpStats | undefined;
}

/** What says where the source is, and what is wanted of it. */
export type Described = Pick<Prepared, 'config' | 'mapping' | 'files' | 'directory'>;

export interface Engine extends AsyncDisposable {
  /** The files that `source.path` names. Throws with exit code 66 if there are none. */
  findFiles(): Promise<SourceFiles>;
  /** All columns of the source, mapped or not; undefined where its format has none of its own. Reads no rows, but files that are elsewhere are fetched. */
  describe(prepared: Described): Promise<SourceColumn[] | undefined>;
  /** Reads the source into chunks. The rows of these chunks are at hand afterwards. */
  stage(prepared: Prepared, options: StageOptions): Promise<Staged>;
  /** The first rows of staged chunks after `transform`, up to `limit` of each. */
  firstRows(prepared: Prepared, chunks: readonly string[], limit: number): Promise<Map<string, SourceRow[]>>;
  openRunner(run: EngineRun): Promise<ChunkRunner>;
  /**
   * Gives tables of the lake their names in a schema of the catalog; only of an engine that has one. Reads and writes no rows, and
   * needs nothing staged. Throws where the catalog cannot be asked.
   */
  register?(schema: string, tables: CatalogTables): Promise<Registered>;
}

/** By name: where the table is, as names of folders from the lake's root. */
export type CatalogTables = ReadonlyMap<string, readonly string[]>;

export interface Registered {
  /** Names that are new, or that mean another folder now. */
  changed: string[];
  /** For each table that has not got its name the reason. */
  problems: string[];
}
