import { open, rm } from 'node:fs/promises';
import { type DuckDBConnection, DuckDBStructType } from '@duckdb/node-api';
import type { Action } from './actions.ts';
import { formatActions } from './commit-file.ts';
import { withSession } from './duckdb.ts';
import { CorruptLogError } from './errors.ts';
import { checkpointPath } from './log-name.ts';
import { quoteIdentifier, quoteLiteral } from './sql.ts';
import type { Store } from './store.ts';

/** The columns of a classic checkpoint ("Checkpoint Schema"), with the fields that are kept here. */
const COLUMNS: Record<string, Record<string, string>> = {
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
  add: {
    path: 'VARCHAR',
    partitionValues: 'MAP(VARCHAR, VARCHAR)',
    size: 'BIGINT',
    modificationTime: 'BIGINT',
    dataChange: 'BOOLEAN',
    stats: 'VARCHAR',
    tags: 'MAP(VARCHAR, VARCHAR)',
  },
  remove: {
    path: 'VARCHAR',
    deletionTimestamp: 'BIGINT',
    dataChange: 'BOOLEAN',
    extendedFileMetadata: 'BOOLEAN',
    partitionValues: 'MAP(VARCHAR, VARCHAR)',
    size: 'BIGINT',
    tags: 'MAP(VARCHAR, VARCHAR)',
  },
};

/** The actions of a checkpoint, from all its parts. Columns and fields that are unknown here are not read. */
export async function readCheckpoint(store: Store, paths: readonly string[]): Promise<Action[]> {
  const files = paths.map((path) => quoteLiteral(store.location(path))).join(', ');
  const source = `read_parquet([${files}], hive_partitioning = false, union_by_name = true)`;
  try {
    return await withSession(undefined, async (connection) => {
      const actions: Action[] = [];
      for (const [kind, fields] of await presentFields(connection, source)) {
        for (const action of await readKind(connection, source, kind, fields)) actions.push(action);
      }
      return actions;
    });
  } catch (error) {
    const where = store.location(paths[0]!);
    throw new CorruptLogError(`The checkpoint ${where} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
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

async function presentFields(connection: DuckDBConnection, source: string): Promise<[string, string[]][]> {
  const empty = await connection.run(`SELECT * FROM ${source} LIMIT 0`);
  const names = empty.columnNames();
  return Object.entries(COLUMNS).flatMap(([kind, fields]): [string, string[]][] => {
    const type = names.includes(kind) ? empty.columnType(names.indexOf(kind)) : undefined;
    if (!(type instanceof DuckDBStructType)) return [];
    return [[kind, Object.keys(fields).filter((field) => type.entryNames.includes(field))]];
  });
}

async function readKind(
  connection: DuckDBConnection,
  source: string,
  kind: string,
  fields: readonly string[],
): Promise<Action[]> {
  const column = quoteIdentifier(kind);
  const packed = fields
    .map((field) => `${quoteIdentifier(field)} := ${column}.${quoteIdentifier(field)}`)
    .join(', ');
  const sql = `SELECT to_json(struct_pack(${packed})) FROM ${source} WHERE ${column} IS NOT NULL`;
  const actions: Action[] = [];
  for await (const rows of (await connection.stream(sql)).yieldRows()) {
    for (const [json] of rows) {
      actions.push({
        [kind]: withoutNulls(JSON.parse(json as string) as Record<string, unknown>),
      } as unknown as Action);
    }
  }
  return actions;
}

function withoutNulls(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
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
  const columns = Object.entries(COLUMNS).map(([kind, fields]) => {
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
