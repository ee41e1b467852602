/**
 * The local engine: rows of claimed chunks through the mapper and the model into attempt-named files, and each
 * chunk published when its last row is written. Work is batched across chunks, publication is per chunk.
 * Memory: IN_FLIGHT batches of about BATCH_PASSAGES passages, and one open chunk, whose rows DuckDB holds.
 */

import type { DuckDBConnection } from '@duckdb/node-api';
import { NO_CHUNK } from '../../chunk/chunk-id.ts';
import { reachOf } from '../../chunk/failure.ts';
import { type ChunkCounts, NO_COUNTS } from '../../chunk/ledger.ts';
import { asThroughlineError, type ThroughlineError } from '../../error.ts';
import type { Build, BuildTable } from '../../lake/build.ts';
import {
  type ChunkWriter,
  openChunkWriter,
  SupersededError,
  type WrittenAttempt,
} from '../../lake/publish.ts';
import type { BatchMapper } from '../../mapper/batch-mapper.ts';
import { type DeadLetter, type Mapped, payloadOf } from '../../mapper/rows.ts';
import type { ChunkOutcome, ClaimedChunk } from '../engine.ts';
import type { ChunkReader } from './chunk-rows.ts';
import { concurrent } from './concurrent.ts';
import type { EmbedBatch, EmbeddedBatch } from './embed-batch.ts';
import { rejectedRows } from './rejected-rows.ts';
import type { Session } from './session.ts';
import { deadLetterBatch, passageBatch, recordBatch } from './table-rows.ts';

export interface LocalRun {
  session: Session;
  /** One per table, used by nothing else. */
  connections: Record<BuildTable, DuckDBConnection>;
  reader: ChunkReader;
  build: Build;
  pipelineId: string;
  run: string;
  mapper: BatchMapper;
  embed: EmbedBatch;
  /** Texts of one call of the model, where it says. */
  callTexts?: number | undefined;
  /** What takes the rows of an attempt, where that is not a writer that replaces the chunk. */
  openWriter?: OpenWriter | undefined;
  clock: () => number;
  /** When aborted no further row is read; what is not published stays unpublished. */
  signal: AbortSignal;
  /** Told of source rows as they are written; of a number below 0 when a chunk failed after that. */
  onRows?: (rows: number) => void;
}

export type OpenWriter = (attempt: WrittenAttempt) => ChunkWriter;

/** Passages of one batch: enough to fill the model's token budget, or the places of an API, many times over. */
const BATCH_PASSAGES = 256;
const CALLS_PER_BATCH = 8;
const IN_FLIGHT = 3;

/** Rows of one chunk within a batch. */
interface Part {
  chunk: ClaimedChunk;
  mapped: Mapped[];
  rows: number;
  /** True if the chunk has no further rows. */
  last: boolean;
  /** Why its rows cannot be read any further. */
  error?: ThroughlineError;
}

/** One outcome for each chunk. Throws what ends the run (`reachOf`); what fails for a chunk alone is its outcome. */
export async function* runChunks(
  chunks: AsyncIterable<ClaimedChunk>,
  run: LocalRun,
): AsyncGenerator<ChunkOutcome> {
  let open: OpenChunk | undefined;
  try {
    for await (const { parts, embedded } of concurrent(batches(chunks, run), IN_FLIGHT, (parts) =>
      embedParts(parts, run),
    )) {
      for (const part of parts) {
        open ??= openChunk(part.chunk, run);
        await receive(open, part, embedded, run);
        if (!part.last) continue;
        const finished = open;
        open = undefined;
        yield await finish(finished, run);
      }
    }
  } finally {
    await open?.writer.abort();
  }
}

/** Writes the part, unless the chunk has failed already. */
async function receive(open: OpenChunk, part: Part, embedded: EmbeddedBatch, run: LocalRun): Promise<void> {
  if (open.error) return;
  try {
    if (part.error) throw part.error;
    await write(open, part, embedded, run);
    open.told += part.rows;
    run.onRows?.(part.rows);
  } catch (thrown) {
    open.error = ofChunk(thrown, run);
  }
}

/** The error as one of a chunk. Throws what ends the run. */
function ofChunk(thrown: unknown, { signal }: LocalRun): ThroughlineError {
  const error = asThroughlineError(thrown);
  if (signal.aborted || reachOf(error) === 'run') throw thrown;
  return error;
}

async function finish(open: OpenChunk, run: LocalRun): Promise<ChunkOutcome> {
  const { chunk } = open;
  try {
    if (!open.error) return await publish(open, run);
  } catch (thrown) {
    open.error = ofChunk(thrown, run);
  }
  await open.writer.abort();
  run.onRows?.(-open.told);
  return { chunk, status: 'failed', error: open.error };
}

/** Parts of chunks, together about BATCH_PASSAGES passages. */
async function* batches(chunks: AsyncIterable<ClaimedChunk>, run: LocalRun): AsyncGenerator<Part[]> {
  const enough = Math.max(BATCH_PASSAGES, CALLS_PER_BATCH * (run.callTexts ?? 0));
  let batch: Part[] = [];
  let passages = 0;
  for await (const chunk of chunks) {
    for await (const part of partsOf(chunk, run)) {
      batch.push(part);
      passages += part.mapped.reduce(
        (sum, mapped) => sum + ('passages' in mapped ? mapped.passages.length : 0),
        0,
      );
      if (passages < enough) continue;
      yield batch;
      batch = [];
      passages = 0;
    }
  }
  if (batch.length > 0) yield batch;
}

const PART_ROWS = 128;

/** A chunk ends with a part that says so, even if it has no rows. */
async function* partsOf(chunk: ClaimedChunk, run: LocalRun): AsyncGenerator<Part> {
  const place = { id: chunk.id, none: chunk.id === NO_CHUNK };
  let before: Part | undefined;
  const part = (mapped: Mapped[]): Part => ({ chunk, mapped, rows: mapped.length, last: false });
  try {
    for await (const mapped of mappedRows(chunk, run, place)) {
      run.signal.throwIfAborted();
      if (before) yield before;
      before = part(mapped);
    }
  } catch (thrown) {
    before = { ...part([]), error: ofChunk(thrown, run) };
  }
  yield { ...(before ?? part([])), last: true };
}

async function* mappedRows(
  chunk: ClaimedChunk,
  run: LocalRun,
  place: { id: string; none: boolean },
): AsyncGenerator<Mapped[]> {
  const { session, reader, mapper, signal } = run;
  for await (const { rows, dead } of reader.read(chunk.id)) {
    if (dead.length > 0) yield dead.map((deadLetter) => ({ deadLetter }));
    for (let i = 0; i < rows.length; i += PART_ROWS)
      yield await mapper.map(
        rows.slice(i, i + PART_ROWS).map((row) => ({ row, chunk: place })),
        signal,
      );
  }
  if (!place.none) return;
  for await (const rejects of rejectedRows(session)) yield rejects.map((deadLetter) => ({ deadLetter }));
}

async function embedParts(parts: Part[], run: LocalRun): Promise<{ parts: Part[]; embedded: EmbeddedBatch }> {
  const texts = parts.flatMap((part) =>
    part.mapped.flatMap((mapped) => ('passages' in mapped ? mapped.passages : [])),
  );
  return { parts, embedded: await run.embed(texts) };
}

interface OpenChunk {
  chunk: ClaimedChunk;
  writer: ChunkWriter;
  counts: ChunkCounts;
  started: number;
  /** Rows that `onRows` heard of. */
  told: number;
  /** Why this attempt publishes nothing. */
  error?: ThroughlineError;
}

function openChunk(chunk: ClaimedChunk, local: LocalRun): OpenChunk {
  const { build, pipelineId, run, clock, connections, openWriter = openChunkWriter } = local;
  const { id, attempt, digest } = chunk;
  const writer = openWriter({ pipelineId, build, chunk: id, attempt, run, digest, clock, connections });
  return { chunk, writer, counts: { ...NO_COUNTS, rows: chunk.rows }, started: clock(), told: 0 };
}

async function write(
  { chunk, writer, counts }: OpenChunk,
  part: Part,
  embedded: EmbeddedBatch,
  { build, run, clock }: LocalRun,
): Promise<void> {
  const { attributes } = build.info.mapping;
  throwUnanswered(part, embedded);
  const outcomes = part.mapped.map((mapped) => withoutVector(mapped, embedded) ?? mapped);
  const live = outcomes.filter((mapped) => 'record' in mapped);
  const dead = outcomes.flatMap((mapped) => ('deadLetter' in mapped ? [mapped.deadLetter] : []));
  if (live.length > 0) {
    await writer.append('records', recordBatch(live, attributes));
    await writer.append('passages', passageBatch(live, attributes, embedded.vectors));
  }
  if (dead.length > 0)
    await writer.append(
      'dead_letters',
      deadLetterBatch(dead, { attempt: chunk.attempt, run, seen: clock() }),
    );
  counts.records += live.length;
  for (const passage of live.flatMap(({ passages }) => passages)) {
    counts.passages++;
    // A fresh vector is counted where it is first used.
    if (embedded.fresh.delete(passage.hash)) counts.embedded++;
    else counts.cached++;
  }
  counts.deadLetters += dead.length;
}

/** Throws the error that a passage of the part met, if one did. */
function throwUnanswered({ mapped }: Part, { unanswered }: EmbeddedBatch): void {
  if (unanswered.size === 0) return;
  for (const one of mapped) {
    const met = 'passages' in one ? one.passages.find(({ hash }) => unanswered.has(hash)) : undefined;
    if (met) throw unanswered.get(met.hash)!;
  }
}

/** A record with a passage that the model cannot embed is a dead letter as a whole. */
function withoutVector(mapped: Mapped, { failed }: EmbeddedBatch): { deadLetter: DeadLetter } | undefined {
  if (!('passages' in mapped) || failed.size === 0) return undefined;
  const bad = mapped.passages.find((passage) => failed.has(passage.hash));
  if (!bad) return undefined;
  const { id, text } = mapped.record;
  return {
    deadLetter: {
      step: 'embed',
      id,
      ...failed.get(bad.hash)!,
      payload: payloadOf({ text }),
    },
  };
}

async function publish(
  { chunk, writer, counts, started }: OpenChunk,
  { clock }: LocalRun,
): Promise<ChunkOutcome> {
  counts.dropped = Math.max(0, chunk.rows - counts.records - counts.deadLetters);
  counts.ms = Math.max(0, clock() - started);
  try {
    await writer.publish(counts);
    return { chunk, status: 'published', counts };
  } catch (error) {
    if (error instanceof SupersededError) return { chunk, status: 'superseded', error };
    throw error;
  }
}
