/**
 * Themes of a build: fitted on a bounded sample that depends on content alone, then every passage is assigned.
 * Memory: the sample's vectors and texts (20,000 x 384 floats are 31 MB), and one batch of passages.
 */

import {
  type AddFile,
  commit,
  createTable,
  openPartWriter,
  type Snapshot,
  type StructType,
  scan,
} from '@throughline/delta';
import {
  type Exemplars,
  exemplarsOf,
  fit,
  keywords,
  label,
  openAssigner,
  representatives,
  type SoftVote,
} from '@throughline/themes';
import { columnBatch } from '../lake/batch.ts';
import type { Value } from '../source/typed.ts';
import { identify, type Lineage, memberCounts } from './identity.ts';
import type { PreviousThemes } from './previous.ts';
import { readSample } from './read-sample.ts';
import { assignmentsSchema, themesSchema } from './schemas.ts';

export interface FitRequest {
  passages: Snapshot;
  themesRoot: string;
  assignmentsRoot: string;
  count: 'auto' | number;
  sample: number;
  seed: number;
  modelDigest: string;
  /** What the themes are called after. */
  previous: PreviousThemes | undefined;
  /** Number of the next theme that is born. */
  next: number;
  clock: () => number;
  signal: AbortSignal;
}

const KEYWORDS = 10;
const REPRESENTATIVES = 3;
const ASSIGN_ROWS = 2_048;

/** Writes both tables. */
export async function fitThemes(request: FitRequest): Promise<FittedThemes> {
  const sample = await readSample(request.passages, request.sample);
  const { vectors, texts, ids, dimension } = sample;
  const { count, seed, signal, previous, modelDigest, clock } = request;
  const isEmpty = texts.length === 0;
  const fitted = isEmpty ? NO_THEMES : await fit(vectors, dimension, { count, seed });
  signal.throwIfAborted();
  const { membership, themes, centroids } = fitted;
  const identified = await identify(
    { ids, membership, themes, centroids, dimension, modelDigest },
    previous,
    { first: request.next, now: BigInt(Math.round(clock())) * MICROS_OF_MS },
  );
  const themeIds = identified.themes.map(({ id }) => id);
  if (isEmpty) await writeTable(request.assignmentsRoot, assignmentsSchema, 'assignments', [], clock);
  const exemplars = isEmpty ? NO_EXEMPLARS : await exemplarsOf(vectors, dimension, membership, themes);
  const sizes = isEmpty ? [] : await assignAll(request, dimension, exemplars, themeIds);
  const words = keywords(documents(texts, membership), themes, { top: KEYWORDS });
  const shown = isEmpty
    ? []
    : representatives(vectors, dimension, membership, centroids, { perTheme: REPRESENTATIVES });
  const sampled = memberCounts(membership, themes);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const rows = identified.themes.map(({ id, status, firstSeen }, theme): Cell[] => [
    id,
    null,
    label(words[theme]!),
    words[theme]!.map(({ term }) => term),
    BigInt(sizes[theme]!),
    sizes[theme]! / total,
    Array.from(shown[theme]!, (item) => ids[item]!),
    status,
    firstSeen,
    centroids.slice(theme * dimension, (theme + 1) * dimension),
    BigInt(sampled[theme]!),
    exemplarsOfTheme(exemplars, dimension, theme),
  ]);
  await writeTable(request.themesRoot, themesSchema, 'themes', rows, request.clock);
  const { next, lineage } = identified;
  return { themes, next, vote: exemplars.vote, ...(lineage && { lineage }) };
}

export interface FittedThemes {
  /** 0 if there are no passages. */
  themes: number;
  /** Number of the next theme that is born. */
  next: number;
  /** How the exemplars of the table of themes vote. */
  vote: SoftVote;
  lineage?: Lineage;
}

const NO_THEMES = { membership: new Int32Array(0), themes: 0, centroids: new Float32Array(0) };
const NO_EXEMPLARS: Exemplars = {
  ...{ vectors: new Float32Array(0), membership: new Int32Array(0), themes: 0 },
  vote: { temperature: 1, sharpness: 1 },
};
const MICROS_OF_MS = 1_000n;

/** One after another in one array. */
function exemplarsOfTheme(
  { vectors, membership }: Exemplars,
  dimension: number,
  theme: number,
): Float32Array {
  const own = Array.from(membership.keys()).filter((row) => membership[row] === theme);
  const rows = new Float32Array(own.length * dimension);
  for (const [i, row] of own.entries())
    rows.set(vectors.subarray(row * dimension, (row + 1) * dimension), i * dimension);
  return rows;
}

type Cell = Value | string[] | Float32Array;

function* documents(texts: readonly string[], membership: Int32Array) {
  for (const [i, text] of texts.entries()) yield { text, theme: membership[i]! };
}

/** Streams every passage past the exemplars; returns the size of each theme. */
async function assignAll(
  { passages, assignmentsRoot, clock, signal }: FitRequest,
  dimension: number,
  exemplars: Exemplars,
  themeIds: readonly string[],
): Promise<number[]> {
  const sizes = new Array<number>(exemplars.themes).fill(0);
  const batches = async function* () {
    const columns = ['_chunk', '_passage', '_id', '_embedding'];
    await using assigner = await openAssigner(exemplars, dimension);
    for await (const batch of scan(passages, { columns, batchRows: ASSIGN_ROWS })) {
      signal.throwIfAborted();
      const { theme, score, margin } = await assigner.assign(batch.columns._embedding as Float32Array);
      for (const one of theme) sizes[one]!++;
      const { _chunk, _passage, _id } = batch.columns as Record<string, string[]>;
      const names = Array.from(theme, (one) => themeIds[one]!);
      yield {
        rows: batch.rows,
        columns: {
          _chunk: _chunk!,
          _passage: _passage!,
          _id: _id!,
          _theme: names,
          _score: score,
          _margin: margin,
        },
      };
    }
  };
  const snapshot = await createTable(assignmentsRoot, { schema: assignmentsSchema, name: 'assignments' });
  const writer = await openPartWriter({
    root: assignmentsRoot,
    schema: assignmentsSchema,
    partitionColumns: [],
    partition: {},
  });
  try {
    for await (const batch of batches()) await writer.append(batch);
    await overwrite(snapshot, await writer.close(), clock);
  } finally {
    await writer.abort();
  }
  return sizes;
}

async function writeTable(
  root: string,
  schema: StructType,
  name: string,
  rows: Cell[][],
  clock: () => number,
): Promise<void> {
  const snapshot = await createTable(root, { schema, name });
  const writer = await openPartWriter({ root, schema, partitionColumns: [], partition: {} });
  try {
    if (rows.length > 0) await writer.append(columnBatch(schema, [], rows as Value[][]));
    await overwrite(snapshot, await writer.close(), clock);
  } finally {
    await writer.abort();
  }
}

async function overwrite(snapshot: Snapshot, add: AddFile[], clock: () => number): Promise<void> {
  await commit(
    snapshot,
    { operation: 'WRITE', operationParameters: { mode: 'Overwrite' }, add, replace: 'all' },
    { clock },
  );
}
