/**
 * Embeddings by text hash, for one model: nothing is embedded twice, whatever was killed in between.
 * A Delta table, append-only. In memory: what is not yet flushed (at most FLUSH_ROWS vectors), and a filter of fixed size
 * that spares the table questions about hashes it does not have.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  type AddFile,
  commit,
  createTable,
  openPartWriter,
  optimize,
  refresh,
  type Snapshot,
  scan,
  vacuum,
} from '@throughline/delta';
import { type BloomFilter, bloomFilter } from './bloom.ts';
import { lakePath } from './lake-path.ts';
import { vectorsSchema } from './schemas.ts';

export interface VectorCache {
  /** Vectors of the texts that are known, by hash. */
  lookup(hashes: readonly string[]): Promise<Map<string, Float32Array>>;
  /** Keeps a batch; it is durable with the first batch that comes FLUSH_MS later, or the next flush. */
  add(vectors: Iterable<readonly [hash: string, vector: Float32Array]>): Promise<void>;
  flush(): Promise<void>;
  /**
   * Removes the oldest files until the rest is at most `maxBytes`; joins the many small files that flushes leave, once
   * there are COMPACT_FILES, so that lookups open fewer; takes from the disk what was removed a day ago or earlier. Flushes
   * first. Throws ConcurrentModificationError where another run does the same.
   */
  compact(maxBytes?: number): Promise<void>;
}

export interface VectorCacheOptions {
  /** Whether `add` waits until its vectors are durable; calls at once share a file. For vectors that were paid for. */
  keepAtOnce?: boolean;
}

/** What a kill can cost, and how often a file is written. */
const FLUSH_MS = 2_000;
const FLUSH_ROWS = 4_096;
const COMPACT_FILES = 64;
/** Files that flushes leave are joined meanwhile as far as this, after so many of them: each lookup reads all files, and each vector is written twice. */
const [JOIN_EVERY, JOIN_BYTES] = [64, 4 * 1024 * 1024];
/** What is evicted at once is one file: not more than a small part of the cache. */
const [JOINED_BYTES, EVICTED_PARTS] = [128 * 1024 * 1024, 16];
export const NEW_VECTORS = { _prefix: 'new' };

export async function openVectorCache(
  lakeRoot: string,
  modelDigest: string,
  dimension: number,
  connect: () => Promise<DuckDBConnection>,
  clock: () => number,
  { keepAtOnce = false }: VectorCacheOptions = {},
): Promise<VectorCache> {
  let snapshot = await openVectorsTable(lakeRoot, modelDigest);
  const { root } = snapshot;
  const [reading, writing] = [await connect(), await connect()];
  const pending = new Map<string, Float32Array>();
  const stored = bloomFilter();
  await addStored(stored, snapshot, await snapshot.files(), reading);
  // From the opening: a model takes its time to load, and what it gives first is worth keeping at once.
  let flushedAt = clock();
  let written = 0;
  let flushing: Promise<void> = Promise.resolve();
  let lookups: Promise<unknown> = Promise.resolve();

  const write = async (rows: Map<string, Float32Array>): Promise<void> => {
    const writer = await openPartWriter({
      root,
      schema: vectorsSchema,
      partitionColumns: ['_prefix'],
      partition: NEW_VECTORS,
      connection: writing,
    });
    const flat = new Float32Array(rows.size * dimension);
    let i = 0;
    for (const vector of rows.values()) flat.set(vector, dimension * i++);
    await writer.append({ rows: rows.size, columns: { _hash: [...rows.keys()], _embedding: flat } });
    const add = await writer.close();
    const after = await appendVectors(snapshot, add, clock);
    const before = new Set([...(await snapshot.files()), ...add].map((file) => file.path));
    // What other runs have added since, they have paid for too.
    const files = (await after.files()).filter((file) => !before.has(file.path));
    await addStored(stored, after, files, writing);
    snapshot = ++written % JOIN_EVERY === 0 ? await joined(after) : after;
  };

  /** What cannot be joined now is left to the next time. */
  const joined = (of: Snapshot): Promise<Snapshot> =>
    optimize(of, { clock, targetBytes: JOIN_BYTES }).then(
      (done) => done.snapshot,
      () => of,
    );

  const flush = (): Promise<void> => {
    // One flush after the other; what is being written stays readable from memory until the snapshot has it.
    flushing = flushing.catch(keptForTheNext).then(async () => {
      flushedAt = clock();
      if (pending.size === 0) return;
      const rows = new Map(pending);
      await write(rows);
      for (const hash of rows.keys()) {
        stored.add(hash);
        pending.delete(hash);
      }
    });
    return flushing;
  };

  return {
    async lookup(hashes) {
      const found = new Map<string, Float32Array>();
      const unknown: string[] = [];
      for (const hash of new Set(hashes)) {
        const vector = pending.get(hash);
        if (vector) found.set(hash, vector);
        else if (stored.mayHave(hash)) unknown.push(hash);
      }
      if (unknown.length === 0) return found;
      // One query at a time: a connection holds one result.
      const answer = lookups.then(() => lookupStored(snapshot, unknown, reading));
      lookups = answer.catch(() => {});
      for (const [hash, vector] of await answer) if (isSound(vector, dimension)) found.set(hash, vector);
      return found;
    },
    async add(vectors) {
      for (const [hash, vector] of vectors) pending.set(hash, vector.slice());
      if (keepAtOnce || pending.size >= FLUSH_ROWS || clock() - flushedAt >= FLUSH_MS) await flush();
    },
    flush,
    async compact(maxBytes = Number.POSITIVE_INFINITY) {
      await flush();
      const isFull = sizeOf(await snapshot.files()) > maxBytes;
      if (!isFull && (await snapshot.files()).length < COMPACT_FILES) return;
      // Before files are joined: what is joined is as old as its newest vector.
      snapshot = await evict(await refresh(snapshot), maxBytes, clock);
      const targetBytes = Math.min(JOINED_BYTES, maxBytes / EVICTED_PARTS);
      snapshot = (await optimize(snapshot, { clock, targetBytes })).snapshot;
      await vacuum(snapshot, { dryRun: false, clock });
    },
  };
}

/** The table of a model's vectors, made where it is not there yet. */
export function openVectorsTable(lakeRoot: string, modelDigest: string): Promise<Snapshot> {
  return createTable(lakePath(lakeRoot, 'vectors', modelDigest.slice(0, 32)), {
    schema: vectorsSchema,
    partitionColumns: ['_prefix'],
    name: 'vectors',
    configuration: { 'delta.deletedFileRetentionDuration': 'interval 1 days' },
  });
}

/** Adds files to the table of vectors; gives the table after that. */
export async function appendVectors(
  snapshot: Snapshot,
  add: AddFile[],
  clock: () => number,
): Promise<Snapshot> {
  const append = { operation: 'WRITE', operationParameters: { mode: 'Append' }, add };
  return (await commit(snapshot, append, { clock })).snapshot;
}

/** Who asked for that flush has heard of it; its vectors are still pending. */
function keptForTheNext(): void {}

/** Removes the oldest files until the others are at most `maxBytes`. */
async function evict(snapshot: Snapshot, maxBytes: number, clock: () => number): Promise<Snapshot> {
  const files = await snapshot.files();
  const byAge = files.toSorted(
    (a, b) => a.modificationTime - b.modificationTime || (a.path < b.path ? -1 : 1),
  );
  let excess = sizeOf(files) - maxBytes;
  const remove: AddFile[] = [];
  for (const file of byAge) {
    if (excess <= 0) break;
    remove.push(file);
    excess -= file.size;
  }
  if (remove.length === 0) return snapshot;
  const eviction = { operation: 'DELETE', operationParameters: { predicate: '["oldest"]' }, add: [], remove };
  return (await commit(snapshot, eviction, { clock })).snapshot;
}

function sizeOf(files: readonly AddFile[]): number {
  return files.reduce((bytes, { size }) => bytes + size, 0);
}

/** What was damaged on its way to the disk or back is not known: the text is embedded again. */
function isSound(vector: Float32Array, dimension: number): boolean {
  return vector.length === dimension && vector.every(Number.isFinite);
}

async function addStored(
  filter: BloomFilter,
  snapshot: Snapshot,
  files: readonly AddFile[],
  connection: DuckDBConnection,
): Promise<void> {
  for await (const { columns } of scan(snapshot, { files, columns: ['_hash'], connection })) {
    for (const hash of columns._hash as string[]) filter.add(hash);
  }
}

async function lookupStored(
  snapshot: Snapshot,
  hashes: readonly string[],
  connection: DuckDBConnection,
): Promise<[string, Float32Array][]> {
  const found: [string, Float32Array][] = [];
  const where = [{ column: '_hash', op: 'in' as const, values: hashes }];
  for await (const { rows, columns } of scan(snapshot, { where, connection })) {
    const known = columns._hash as readonly string[];
    const vectors = columns._embedding as Float32Array | readonly Float32Array[];
    const width = vectors.length / rows;
    for (let row = 0; row < rows; row++) {
      const isFlat = vectors instanceof Float32Array;
      found.push([known[row]!, isFlat ? vectors.slice(row * width, (row + 1) * width) : vectors[row]!]);
    }
  }
  return found;
}
