/** The changes of a Delta table, version by version. What it guarantees: docs/sources.md. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { changes, DeltaError, openTable, refresh, type Snapshot } from '@throughline/delta';
import type { SourceConfig } from '../config/index.ts';
import { openSession } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Change, ChangeFeed, FeedBatch, FeedOptions } from './change-feed.ts';
import { allRows, changedRows, type DeltaRows } from './delta-changes.ts';
import { afterVersion, amidFirst, deltaPlace } from './delta-position.ts';
import { deltaColumns, openDeltaSource } from './delta-table.ts';
import { mappedColumns, mappingOf, requiredColumns } from './mapping.ts';
import { requireColumns } from './relation.ts';

export interface DeltaFeedOptions extends FeedOptions {
  /** That the path is relative to. */
  directory: string;
  /** Of the rows; those of the mapping unless told. */
  columns?: readonly string[];
}

/**
 * The stream is `delta:PATH`; its positions are those of delta-position.ts. First the whole table at its newest version, then commit by commit.
 * When `signal` is aborted the batches end, without an error. In memory: one batch, and DuckDB's limit. Throws with exit code 66 where there is
 * no table, or no longer what is needed to tell its changes, and 78 for a column that is not there.
 */
export async function openDeltaFeed(source: SourceConfig, options: DeltaFeedOptions): Promise<ChangeFeed> {
  const [path] = [source.path!].flat();
  const id = idOf(source);
  const columns = options.columns ?? mappedColumns(mappingOf(source));
  let latest: Snapshot;
  // A column that a later version drops is no null.
  const checked = (snapshot: Snapshot) => {
    const fields = snapshot.metadata.schema.fields.map(({ name }) => name);
    requireColumns(path!, fields, requiredColumns(source, columns));
    latest = snapshot;
    return snapshot;
  };
  checked(await openDeltaSource(source, options.directory));
  const session = await openSession();
  const rows = { session, columns, id };
  const restart = { isAsked: false };
  const again = async function* () {
    do {
      restart.isAsked = false;
      // Who has committed to the stream may have seen later versions.
      const newest = checked(await refresh(latest));
      yield* batches(deltaStream(source), newest, rows, { ...options, restart, checked });
    } while (restart.isAsked);
  };
  return {
    batches: () => named(path!, options.signal, again()),
    restart: () => {
      restart.isAsked = true;
    },
    columns: async () => deltaColumns(latest),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** Versions. */
const OPEN_AGAIN_AFTER = 1_000;

async function* batches(
  stream: string,
  opened: Snapshot,
  rows: DeltaRows,
  {
    positionOf,
    maxChanges,
    until,
    everyMs,
    signal,
    restart,
    checked,
  }: FeedOptions & { restart: { isAsked: boolean }; checked: (snapshot: Snapshot) => Snapshot },
): AsyncGenerator<FeedBatch> {
  let newest = opened;
  let openedAt = opened.version;
  const { root } = newest;
  let after = await positionOf(stream);
  const batchesOf = async function* (
    told: AsyncIterable<Change>,
    end: number,
    amid: (after: number | null) => number,
    version: number,
    newestAt?: number,
  ): AsyncGenerator<FeedBatch> {
    for await (const { part, isLast } of inParts(told, maxChanges)) {
      signal.throwIfAborted();
      const to = isLast ? end : amid(after);
      const batch = { stream, after, to, changes: part };
      after = to;
      yield {
        ...batch,
        ...(newestAt !== undefined && { newestAt }),
        ...((!isLast || version < newest.version) && { behind: 1 }),
      };
      if (restart.isAsked) return;
    }
  };
  const place = after === null ? { told: -1, reading: newest.version } : deltaPlace(after);
  let { told } = place;
  if (place.reading !== undefined) {
    const version = place.reading;
    const snapshot = version === newest.version ? newest : await openTable(root, { version });
    const end = afterVersion(version);
    yield* batchesOf(allRows(snapshot, rows), end, (last) => amidFirst(version, last), version);
    if (restart.isAsked) return;
    told = version;
  }
  for (;;) {
    if (newest.version < told) throw olderTable(newest, told);
    for await (const commit of changes(root, told, newest.version)) {
      signal.throwIfAborted();
      const end = afterVersion(commit.version);
      // A version without a change has no batch: the next position is counted from the one that was committed.
      const amid = (last: number | null) => Math.max((last ?? 0) + 1, afterVersion(commit.version - 1) + 1);
      yield* batchesOf(changedRows(root, commit, rows), end, amid, commit.version, commit.timestamp);
      if (restart.isAsked) return;
      told = commit.version;
    }
    if (until === 'end') return;
    await sleep(everyMs, undefined, { signal });
    // A table that is refreshed remembers each commit since it was opened.
    const isOpenedLongAgo = newest.version - openedAt >= OPEN_AGAIN_AFTER;
    newest = checked(isOpenedLongAgo ? await openTable(root) : await refresh(newest));
    if (isOpenedLongAgo) openedAt = newest.version;
  }
}

/** Gives a part when a further change shows that it is not the last: memory is one part. */
async function* inParts(
  told: AsyncIterable<Change>,
  most: number,
): AsyncGenerator<{ part: Change[]; isLast: boolean }> {
  let part: Change[] = [];
  for await (const change of told) {
    if (part.length === most) {
      yield { part, isLast: false };
      part = [];
    }
    part.push(change);
  }
  if (part.length > 0) yield { part, isLast: true };
}

/** Errors of the table in the words of the product. */
async function* named<T>(path: string, signal: AbortSignal, items: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof DeltaError) || !GONE.has(error.code)) throw error;
    throw new ThroughlineError(`${path}: ${error.message}`, {
      code: 'source_missing',
      exitCode: EXIT.noInput,
      hint: 'Old versions went with a vacuum before their changes were read: keep them longer than the reader may be away. Read the table as it is, and go on from there: throughline run --force',
      cause: error,
    });
  }
}

const GONE = new Set(['VERSION_NOT_FOUND', 'FILE_NOT_FOUND']);

function olderTable({ root, version }: Snapshot, told: number): ThroughlineError {
  return new ThroughlineError(`${root} is at version ${version}, and its changes were read up to ${told}`, {
    code: 'source_missing',
    exitCode: EXIT.noInput,
    hint: 'Another table stands there now, and a position never goes back: read it into another lake.',
  });
}

function idOf({ id, version }: SourceConfig): string {
  const refuse = (message: string, hint: string) =>
    new ThroughlineError(message, { code: 'config_invalid', exitCode: EXIT.config, hint });
  if (id === undefined)
    throw refuse('a Delta table is followed by the ids of its rows', 'Name their column: source.id.');
  if (version !== undefined)
    throw refuse(`source.version is ${version}: one version has no changes`, 'Take source.version away.');
  return id;
}

const LONGEST_NAME = 200;

/** A long one by its digest: a stream is named with at most 200 characters. */
export function deltaStream({ path: given }: Pick<SourceConfig, 'path'>): string {
  const [path] = [given!].flat() as [string];
  const name = `delta:${path}`;
  return name.length <= LONGEST_NAME ? name : `delta:${createHash('sha256').update(path).digest('hex')}`;
}
