/** A lake whose passages table streams commit to, with indexes that are built in place. For tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  type AddFile,
  type ColumnBatch,
  type Commit,
  commit,
  createTable,
  openTable,
  optimize,
  type Snapshot,
  scan,
  writeParquet,
} from '@throughline/delta';
import { buildTableRoot } from '../../lake/build.ts';
import { replaceJson } from '../../lake/json-file.ts';
import { type Lake, promote } from '../../lake/lake.ts';
import { passagesSchema } from '../../lake/schemas.ts';
import { type Embedder, embedAll, modelInfo, openEmbedder } from '../../model/index.ts';
import type { Attribute } from '../../source/mapping.ts';
import { indexedPassages } from '../indexed-passages.ts';
import { FORMAT, type IndexManifest, indexRoot, manifestPath } from '../manifest.ts';
import { writeColumns } from '../write-columns.ts';
import { zvecCollections } from '../zvec-collections.ts';

const DIMENSION = 32;
const MODEL = { model: 'hash', dimension: DIMENSION, normalize: true } as const;
const ATTRIBUTES: Attribute[] = [
  { name: 'product', column: 'product', type: 'string' },
  { name: 'amount', column: 'amount', type: 'long' },
  { name: 'seen', column: 'seen', type: 'timestamp' },
];
const BUILD = 'streamed';
const SCHEMA = passagesSchema(ATTRIBUTES);

/** A record: each line of its text is a passage. */
export interface Doc {
  id: string;
  text: string;
  chunk?: string;
  product?: string | null;
  amount?: bigint;
}

export interface StreamLake {
  lake: Lake;
  /** Root of the passages table. */
  root: string;
  /** As a stream does it: records come anew or change, others go. */
  stream(upserts: readonly Doc[], deletes?: readonly string[]): Promise<Snapshot>;
  /** As `lake forget` does it: records go. */
  forget(ids: readonly string[]): Promise<Snapshot>;
  /** As a run does it: the chunk is replaced as a whole. */
  chunk(chunk: string, docs: readonly Doc[]): Promise<Snapshot>;
  /** Small files become one: no row changes. */
  compact(): Promise<Snapshot>;
  /** Builds an index of the newest version of the table, and promotes it. */
  index(version: string): Promise<IndexManifest>;
  /** Of an index of the table as it is now, whether there is one or not. */
  manifest(version: string): IndexManifest;
}

export async function streamLake(t: Pick<TestContext, 'after'>, docs: readonly Doc[]): Promise<StreamLake> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-stream-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const lake: Lake = { root: folder, pipeline: { id: 'x', name: 'x' } };
  const root = buildTableRoot(lake, BUILD, 'passages');
  let table = await createTable(root, { schema: SCHEMA, partitionColumns: ['_chunk'] });
  const embedder = await openEmbedder(MODEL);
  t.after(() => embedder[Symbol.asyncDispose]());
  let commits = 0;
  const shape = {
    ...{ build: BUILD, format: FORMAT, passages: 0, dimension: DIMENSION },
    ...{ modelDigest: (await modelInfo(MODEL)).digest, model: MODEL, madeAt: 0, ms: 0 },
    mapping: { id: 'id', text: ['text'], timestamp: 'at', attributes: ATTRIBUTES },
  };
  const apply = async (change: Omit<Commit, 'operation'>) => {
    const { snapshot } = await commit(table, { operation: 'WRITE', ...change });
    table = snapshot;
    return table;
  };
  const made: StreamLake = {
    ...{ lake, root },
    async stream(upserts, deletes = []) {
      const without = new Set([...upserts.map(({ id }) => id), ...deletes]);
      const { remove, add: kept } = await rewrite(table, without);
      const fresh = await write(await batchesOf(embedder, upserts));
      const info = { throughline: { stream: 'test', after: commits, to: ++commits } };
      return await apply({ add: [...fresh, ...kept], remove, info });
    },
    async forget(ids) {
      const { remove, add } = await rewrite(table, new Set(ids));
      return await apply({ add, remove, info: { throughline: { forgot: { all: ids.length } } } });
    },
    async chunk(chunk, own) {
      const add = await write(
        await batchesOf(
          embedder,
          own.map((doc) => ({ ...doc, chunk })),
        ),
      );
      return await apply({
        add,
        replace: { partition: { _chunk: chunk } },
        info: { throughline: { chunk } },
      });
    },
    async compact() {
      table = (await optimize(table)).snapshot;
      return table;
    },
    index: (version) => buildIndex(lake, table, made.manifest(version)),
    manifest: (version) => ({ ...shape, version, passagesVersion: table.version }),
  };
  const write = async (parts: Map<string, ColumnBatch>) => {
    const files: AddFile[] = [];
    for (const [chunk, batch] of parts)
      files.push(...(await writeParquet({ root, ...PARTS, partition: { _chunk: chunk } }, [batch])));
    return files;
  };
  const chunks = Map.groupBy(docs, chunkOf);
  for (const [chunk, own] of chunks) await made.chunk(chunk, own);
  return made;
}

const PARTS = { schema: SCHEMA, partitionColumns: ['_chunk'] };

function chunkOf({ chunk = 'all' }: Doc): string {
  return chunk;
}

/** Rows of docs by chunk. */
async function batchesOf(embedder: Embedder, docs: readonly Doc[]): Promise<Map<string, ColumnBatch>> {
  const batches = new Map<string, ColumnBatch>();
  for (const [chunk, own] of Map.groupBy(docs, chunkOf)) {
    const rows = own.flatMap((doc) => doc.text.split('\n').map((text, ordinal) => ({ doc, text, ordinal })));
    const vectors = await embedAll(
      embedder,
      rows.map(({ text }) => text),
    );
    const column = <T>(of: (row: (typeof rows)[number]) => T) => rows.map(of);
    batches.set(chunk, {
      rows: rows.length,
      columns: {
        _passage: column(({ doc, ordinal }) => `${doc.id}#${ordinal}`),
        _id: column(({ doc }) => doc.id),
        _ordinal: column(({ ordinal }) => ordinal),
        _start: column(() => 0),
        _end: column(({ text }) => text.length),
        _text: column(({ text }) => text),
        _tokens: column(() => 1),
        _hash: column(({ text }) => text),
        _embedding: vectors,
        _at: column(({ doc }) => BigInt(doc.text.length) * 1_000_000n),
        product: column(({ doc }) => doc.product ?? null),
        amount: column(({ doc }) => doc.amount ?? null),
        seen: column(({ doc }) => (doc.amount === undefined ? null : doc.amount * 86_400_000_000n)),
      },
    });
  }
  return batches;
}

/** Files that hold rows of these records, and new ones of the rows that stay. */
async function rewrite(
  table: Snapshot,
  without: ReadonlySet<string>,
): Promise<{ remove: AddFile[]; add: AddFile[] }> {
  const [remove, add]: [AddFile[], AddFile[]] = [[], []];
  for (const file of await table.files()) {
    const kept: ColumnBatch[] = [];
    let rows = 0;
    for await (const batch of scan(table, { files: [file] })) {
      rows += batch.rows;
      kept.push(rowsWithout(batch, without));
    }
    const left = kept.filter((batch) => batch.rows > 0);
    if (left.reduce((sum, batch) => sum + batch.rows, 0) === rows) continue;
    remove.push(file);
    if (left.length === 0) continue;
    const files = await writeParquet(
      { root: table.root, ...PARTS, partition: { _chunk: file.partitionValues._chunk! } },
      left,
    );
    add.push(...files.map((one) => ({ ...one, tags: { 'throughline.rows': 'kept' } })));
  }
  return { remove, add };
}

function rowsWithout({ columns }: ColumnBatch, without: ReadonlySet<string>): ColumnBatch {
  const ids = columns._id as string[];
  const wanted = ids.flatMap((id, i) => (without.has(id) ? [] : i));
  const { _chunk, _embedding, ...others } = columns;
  const vectors = _embedding as Float32Array;
  return {
    rows: wanted.length,
    columns: {
      ...Object.fromEntries(
        Object.entries(others).map(([name, values]) => [name, wanted.map((i) => (values as unknown[])[i])]),
      ),
      _embedding: Float32Array.from(
        wanted.flatMap((i) => [...vectors.subarray(i * DIMENSION, (i + 1) * DIMENSION)]),
      ),
    } as ColumnBatch['columns'],
  };
}

async function buildIndex(lake: Lake, table: Snapshot, empty: IndexManifest): Promise<IndexManifest> {
  const { version } = empty;
  const passages = await openTable(table.root, { version: table.version });
  const folder = join(indexRoot(lake, version), 'collection');
  await rm(folder, { recursive: true, force: true });
  await replaceJson(join(indexRoot(lake, version), 'begun.json'), {});
  const shape = { dimension: DIMENSION, attributes: ATTRIBUTES };
  const files = await passages.files();
  let count = 0;
  const rows = async function* () {
    for await (const batch of indexedPassages(passages, files, shape)) {
      count += batch.length;
      yield batch;
    }
  };
  await zvecCollections().write({ folder, version, pipeline: 'x', root: lake.root, ...shape }, rows());
  await writeColumns(passages, folder, ATTRIBUTES, files);
  const manifest = { ...empty, passages: count };
  await replaceJson(manifestPath(lake, version), manifest);
  await promote(lake, { index: version });
  return manifest;
}
