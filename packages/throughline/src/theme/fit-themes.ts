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
import { fit, keywords, label, openAssigner, representatives } from '@throughline/themes';
import { columnBatch } from '../lake/batch.ts';
import type { Value } from '../source/typed.ts';
import { readSample } from './read-sample.ts';
import { assignmentsSchema, themesSchema } from './schemas.ts';

export interface FitRequest {
  passages: Snapshot;
  themesRoot: string;
  assignmentsRoot: string;
  count: 'auto' | number;
  sample: number;
  seed: number;
  clock: () => number;
  signal: AbortSignal;
}

const KEYWORDS = 10;
const REPRESENTATIVES = 3;
const ASSIGN_ROWS = 2_048;

/** Writes both tables. Returns the number of themes: 0 if there are no passages. */
export async function fitThemes(request: FitRequest): Promise<number> {
  const sample = await readSample(request.passages, request.sample);
  const { vectors, texts, ids, dimension } = sample;
  const { count, seed, signal } = request;
  const fitted = texts.length === 0 ? undefined : await fit(vectors, dimension, { count, seed });
  signal.throwIfAborted();
  const themeIds = Array.from({ length: fitted?.themes ?? 0 }, (_, i) => themeId(i));
  const sizes = fitted ? await assignAll(request, dimension, { vectors, ...fitted }, themeIds) : [];
  if (!fitted) await writeTable(request.assignmentsRoot, assignmentsSchema, 'assignments', [], request.clock);
  const words = keywords(documents(texts, fitted?.membership), themeIds.length, { top: KEYWORDS });
  const shown = fitted
    ? representatives(vectors, dimension, fitted.membership, fitted.centroids, { perTheme: REPRESENTATIVES })
    : [];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const rows = themeIds.map((id, theme): Cell[] => [
    id,
    null,
    label(words[theme]!),
    words[theme]!.map(({ term }) => term),
    BigInt(sizes[theme]!),
    sizes[theme]! / total,
    Array.from(shown[theme]!, (item) => ids[item]!),
  ]);
  await writeTable(request.themesRoot, themesSchema, 'themes', rows, request.clock);
  return themeIds.length;
}

type Cell = Value | string[];

function themeId(theme: number): string {
  return `t${String(theme + 1).padStart(3, '0')}`;
}

function* documents(texts: readonly string[], membership: Int32Array | undefined) {
  for (const [i, text] of texts.entries()) yield { text, theme: membership![i]! };
}

/** Streams every passage past the fitted sample; returns the size of each theme. */
async function assignAll(
  { passages, assignmentsRoot, clock, signal }: FitRequest,
  dimension: number,
  fitted: { vectors: Float32Array; membership: Int32Array; themes: number },
  themeIds: readonly string[],
): Promise<number[]> {
  const sizes = new Array<number>(fitted.themes).fill(0);
  const batches = async function* () {
    const columns = ['_chunk', '_passage', '_id', '_embedding'];
    await using assigner = await openAssigner(fitted, dimension);
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
