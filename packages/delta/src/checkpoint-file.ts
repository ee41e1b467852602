import { open, rm } from 'node:fs/promises';
import { type DuckDBConnection, DuckDBStructType } from '@duckdb/node-api';
import type { Action } from './actions.ts';
import { formatActions, parseActions } from './commit-file.ts';
import { withSession } from './duckdb.ts';
import { CorruptLogError } from './errors.ts';
import { fetchFiles } from './fetch-files.ts';
import { type FileLists, fileChanges, liveAfter, tombstonesAfter } from './file-state.ts';
import { checkpointPath, sidecarPath } from './log-name.ts';
import { quoteIdentifier, quoteLiteral, quotePath } from './sql.ts';
import type { Store } from './store/store.ts';

type Columns = Record<string, Record<string, string>>;

/** The columns of a checkpoint that are no files ("Checkpoint Schema"), with the fields that are kept here. */
const HEAD: Columns = {
  protocol: {
    minReaderVersion: 'INTEGER',
    minWriterVersion: 'INTEGER',
    readerFeatures: 'VARCHAR[]',
    writerFeatures: 'VARCHAR[]',
  },
  metaData: {
    id: 'VARCHAR',
    name: 'VARCHAR',
    description: 'VARCHAR',
    format: 'STRUCT(provider VARCHAR, options MAP(VARCHAR, VARCHAR))',
    schemaString: 'VARCHAR',
    partitionColumns: 'VARCHAR[]',
    configuration: 'MAP(VARCHAR, VARCHAR)',
    createdTime: 'BIGINT',
  },
  txn: { appId: 'VARCHAR', version: 'BIGINT', lastUpdated: 'BIGINT' },
  domainMetadata: { domain: 'VARCHAR', configuration: 'VARCHAR', removed: 'BOOLEAN' },
};

const DELETION_VECTOR =
  'STRUCT(storageType VARCHAR, pathOrInlineDv VARCHAR, "offset" INTEGER, sizeInBytes INTEGER, cardinality BIGINT)';

const FILES = {
  add: {
    path: 'VARCHAR',
    partitionValues: 'MAP(VARCHAR, VARCHAR)',
    size: 'BIGINT',
    modificationTime: 'BIGINT',
    dataChange: 'BOOLEAN',
    stats: 'VARCHAR',
    tags: 'MAP(VARCHAR, VARCHAR)',
    deletionVector: DELETION_VECTOR,
  },
  remove: {
    path: 'VARCHAR',
    deletionTimestamp: 'BIGINT',
    dataChange: 'BOOLEAN',
    extendedFileMetadata: 'BOOLEAN',
    partitionValues: 'MAP(VARCHAR, VARCHAR)',
    size: 'BIGINT',
    tags: 'MAP(VARCHAR, VARCHAR)',
    deletionVector: DELETION_VECTOR,
  },
} satisfies Columns;

const SIDECARS: Columns = {
  sidecar: { path: 'VARCHAR', sizeInBytes: 'BIGINT', modificationTime: 'BIGINT' },
};

/** What a checkpoint says besides its files: protocol, metaData, txns, domains. The list of files is not touched. */
export async function readCheckpointHead(
  store: Store,
  paths: readonly string[],
  connection?: DuckDBConnection,
): Promise<Action[]> {
  return await readActions(store, paths, HEAD, connection);
}

/**
 * The files of a checkpoint, from all its parts and sidecars. Memory: some hundred bytes a file. The live ones are read without the removed ones,
 * which are a thousand times as many where small files are compacted all the time.
 */
export function checkpointFiles(store: Store, paths: readonly string[]): FileLists {
  const changes = async (kind: keyof typeof FILES) => fileChanges(await readFileActions(store, paths, kind));
  return {
    live: async () => liveAfter([], await changes('add')),
    tombstones: async () => tombstonesAfter(new Map(), await changes('remove')),
  };
}

async function readFileActions(
  store: Store,
  paths: readonly string[],
  kind: keyof typeof FILES,
): Promise<Action[]> {
  const columns: Columns = { [kind]: FILES[kind] };
  const actions = await readActions(store, paths, { ...columns, ...SIDECARS });
  const sidecars = actions.flatMap((action) =>
    'sidecar' in action ? [sidecarPath(action.sidecar.path)] : [],
  );
  if (sidecars.length > 0) {
    for (const action of await readActions(store, sidecars, columns)) actions.push(action);
  }
  return actions;
}

/** Writes the actions as the single-file checkpoint of `version`; returns its size in bytes. */
export async function writeCheckpoint(
  store: Store,
  version: number,
  actions: readonly Action[],
): Promise<number> {
  const staged = await store.stage(checkpointPath(version));
  const lines = `${staged.localPath}.jsonl`;
  try {
    const longestLine = await writeLines(lines, actions);
    await withSession(undefined, (connection) =>
      connection.run(copyStatement(lines, longestLine, staged.localPath)),
    );
    return (await staged.publish('replace')).size;
  } finally {
    await rm(lines, { force: true });
    await staged.discard();
  }
}

/** The actions of these kinds. Columns and fields that are unknown here are not read. */
async function readActions(
  store: Store,
  paths: readonly string[],
  columns: Columns,
  connection?: DuckDBConnection,
): Promise<Action[]> {
  if (paths[0]!.endsWith('.json')) return await readJson(store, paths[0]!, columns);
  const files = await fetchFiles(store, paths);
  try {
    const list = files.localPaths.map(quotePath).join(', ');
    const source = `read_parquet([${list}], hive_partitioning = false, union_by_name = true)`;
    return await withSession(connection, (own) => readParquet(own, source, columns));
  } catch (error) {
    const where = `${store.root}/${paths[0]}`;
    throw new CorruptLogError(`The checkpoint ${where} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    await files.release();
  }
}

/** A v2 checkpoint may be written as lines of JSON, as a commit is. */
async function readJson(store: Store, path: string, columns: Columns): Promise<Action[]> {
  const text = await store.read(path);
  if (text === undefined) throw new CorruptLogError(`The checkpoint ${store.root}/${path} is gone.`);
  const actions = parseActions(text, `${store.root}/${path}`);
  return actions.filter((action) => Object.keys(columns).some((kind) => kind in action));
}

async function presentFields(
  connection: DuckDBConnection,
  source: string,
  columns: Columns,
): Promise<[string, string[]][]> {
  const empty = await connection.run(`SELECT * FROM ${source} LIMIT 0`);
  const names = empty.columnNames();
  return Object.entries(columns).flatMap(([kind, fields]): [string, string[]][] => {
    const type = names.includes(kind) ? empty.columnType(names.indexOf(kind)) : undefined;
    if (!(type instanceof DuckDBStructType)) return [];
    return [[kind, Object.keys(fields).filter((field) => type.entryNames.includes(field))]];
  });
}

/** All kinds in one pass over the file: each row of a checkpoint has one of them. */
async function readParquet(
  connection: DuckDBConnection,
  source: string,
  columns: Columns,
): Promise<Action[]> {
  const present = await presentFields(connection, source, columns);
  if (present.length === 0) return [];
  const texts = present.map(([kind, fields]) => {
    const column = quoteIdentifier(kind);
    const packed = fields.map((field) => `${quoteIdentifier(field)} := ${column}.${quoteIdentifier(field)}`);
    return `CASE WHEN ${column} IS NOT NULL THEN to_json(struct_pack(${packed.join(', ')})) END`;
  });
  const isThere = present.map(([kind]) => `${quoteIdentifier(kind)} IS NOT NULL`).join(' OR ');
  const result = await connection.stream(`SELECT ${texts.join(', ')} FROM ${source} WHERE ${isThere}`);
  const actions: Action[] = [];
  for await (const rows of result.yieldRows()) {
    for (const row of rows) {
      const index = row.findIndex((text) => text !== null);
      const value = JSON.parse(row[index] as string) as Record<string, unknown>;
      actions.push({ [present[index]![0]]: withoutNulls(value) } as unknown as Action);
    }
  }
  return actions;
}

/** A column holds null where JSON would leave the field out. Values of maps may be null, and stay. */
function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value === null) continue;
    kept[name] = name === 'deletionVector' ? withoutNulls(value as Record<string, unknown>) : value;
  }
  return kept;
}

const LINES_AT_ONCE = 1000;

async function writeLines(path: string, actions: readonly Action[]): Promise<number> {
  let longest = 0;
  const file = await open(path, 'wx');
  try {
    for (let start = 0; start < actions.length; start += LINES_AT_ONCE) {
      const lines = actions.slice(start, start + LINES_AT_ONCE).map((action) => formatActions([action]));
      for (const line of lines) longest = Math.max(longest, Buffer.byteLength(line));
      await file.writeFile(lines.join(''));
    }
  } finally {
    await file.close();
  }
  return longest;
}

const LEAST_OBJECT_BYTES = 1 << 20;

function copyStatement(lines: string, longestLine: number, target: string): string {
  const columns = Object.entries({ ...HEAD, ...FILES }).map(([kind, fields]) => {
    const types = Object.entries(fields).map(([field, type]) => `${quoteIdentifier(field)} ${type}`);
    return `${quoteLiteral(kind)}: ${quoteLiteral(`STRUCT(${types.join(', ')})`)}`;
  });
  const options = [
    "format = 'newline_delimited'",
    `maximum_object_size = ${Math.max(LEAST_OBJECT_BYTES, longestLine + 1)}`,
    `columns = {${columns.join(', ')}}`,
  ];
  const source = `read_json(${quoteLiteral(lines)}, ${options.join(', ')})`;
  return `COPY (SELECT * FROM ${source}) TO ${quoteLiteral(target)} (FORMAT parquet, COMPRESSION snappy)`;
}
