/**
 * Publication of a chunk: one commit per table that replaces the chunk's partition, with the attempt as transaction
 * version, in the order dead_letters, records, passages. The passages commit is the publication.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  type AddFile,
  type ColumnBatch,
  commit,
  openPartWriter,
  type PartWriter,
  type Snapshot,
} from '@throughline/delta';
import type { ChunkCounts } from '../chunk/ledger.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { BUILD_TABLES, type Build, type BuildTable } from './build.ts';

export interface Attempt {
  pipelineId: string;
  build: Build;
  chunk: string;
  attempt: number;
  run: string;
  /** Digest of the chunk's source rows. */
  digest: string;
  clock: () => number;
}

/** An attempt whose files are written by DuckDB. */
export interface WrittenAttempt extends Attempt {
  /** One per table: the tables of a chunk are written side by side. */
  connections: Record<BuildTable, DuckDBConnection>;
}

/** States: open -> published | aborted. Files of an attempt that was not published are never read. */
export interface ChunkWriter {
  append(table: BuildTable, batch: ColumnBatch): Promise<void>;
  /** Throws SupersededError if a later attempt has published the chunk. */
  publish(counts: ChunkCounts): Promise<void>;
  abort(): Promise<void>;
}

export class SupersededError extends ThroughlineError {
  constructor(chunk: string, attempt: number, existing: number) {
    super(
      `${chunk}: attempt ${attempt} was overtaken by attempt ${existing}, which another run has published`,
      {
        code: 'superseded',
        exitCode: EXIT.tryAgain,
        hint: 'Nothing is wrong with the tables. Run one process at a time, or leave the rest to the other run.',
      },
    );
    this.name = 'SupersededError';
  }
}

export function openChunkWriter(attempt: WrittenAttempt): ChunkWriter {
  const writers = new Map<BuildTable, PartWriter>();
  const writerOf = async (table: BuildTable): Promise<PartWriter> => {
    let writer = writers.get(table);
    if (!writer) {
      writer = await openTableWriter(attempt, table);
      writers.set(table, writer);
    }
    return writer;
  };
  return {
    append: async (table, batch) => (await writerOf(table)).append(batch),
    async publish(counts) {
      const files = new Map<BuildTable, AddFile[]>();
      for (const [table, writer] of writers) files.set(table, await writer.close());
      await publishChunk(attempt, files, counts);
    },
    async abort() {
      for (const writer of writers.values()) await writer.abort();
    },
  };
}

/** Publishes files that are written. Throws SupersededError if a later attempt has published the chunk. */
export async function publishChunk(
  attempt: Attempt,
  files: ReadonlyMap<BuildTable, AddFile[]>,
  counts: ChunkCounts,
): Promise<void> {
  for (const table of BUILD_TABLES) await replaceChunk(attempt, table, files.get(table) ?? [], counts);
}

function openTableWriter(
  { build, chunk, attempt, run, connections }: WrittenAttempt,
  table: BuildTable,
): Promise<PartWriter> {
  const { root, metadata } = build.tables[table];
  return openPartWriter({
    root,
    schema: metadata.schema,
    partitionColumns: metadata.partitionColumns,
    partition: { _chunk: chunk },
    directory: `attempt-${attempt}`,
    name: `part-${run}.parquet`,
    connection: connections[table],
  });
}

async function replaceChunk(
  attempt: Attempt,
  table: BuildTable,
  add: AddFile[],
  counts: ChunkCounts,
): Promise<void> {
  const { build, chunk, run, digest, clock } = attempt;
  const result = await commit(
    build.tables[table],
    {
      operation: 'WRITE',
      operationParameters: { mode: 'Overwrite', predicate: `_chunk = '${chunk.replaceAll("'", "''")}'` },
      operationMetrics: { numFiles: String(add.length), numOutputRows: String(rowsOf(table, counts)) },
      info: { throughline: { chunk, attempt: attempt.attempt, run, digest, counts } satisfies Publication },
      add,
      replace: { partition: { _chunk: chunk } },
      txn: { appId: appId(attempt, table), version: attempt.attempt },
    },
    { clock },
  );
  build.tables[table] = result.snapshot;
  if (!result.committed) throw new SupersededError(chunk, attempt.attempt, result.existing!);
}

/** What the commit that publishes a chunk says of it: enough to write the ledger's row again. */
export interface Publication {
  chunk: string;
  attempt: number;
  run: string;
  digest: string;
  counts: ChunkCounts;
}

function appId(
  { pipelineId, build, chunk }: Pick<Attempt, 'pipelineId' | 'build' | 'chunk'>,
  table: BuildTable,
): string {
  return `${pipelineId}/${build.info.digest}/${table}/${chunk}`;
}

/** The highest attempt that any table has committed for the chunk; 0 if none. */
export function committedAttempt(pipelineId: string, build: Build, chunk: string): number {
  const versions = BUILD_TABLES.map(
    (table) => build.tables[table].txn(appId({ pipelineId, build, chunk }, table)) ?? 0,
  );
  return Math.max(...versions);
}

/** The attempt that is published: the one of the passages table. */
export function publishedAttempt(pipelineId: string, build: Build, chunk: string): number {
  return (build.tables.passages as Snapshot).txn(appId({ pipelineId, build, chunk }, 'passages')) ?? 0;
}

/** The chunks that a version of the passages table has, with the attempt that published each. */
export function publishedChunks(pipelineId: string, { info, tables }: Build): Map<string, number> {
  const prefix = appId({ pipelineId, build: { info } as Build, chunk: '' }, 'passages');
  const published = [...tables.passages.txns()].filter(([name]) => name.startsWith(prefix));
  return new Map(published.map(([name, attempt]) => [name.slice(prefix.length), attempt]));
}

function rowsOf(table: BuildTable, counts: ChunkCounts): number {
  return table === 'records' ? counts.records : table === 'passages' ? counts.passages : counts.deadLetters;
}
