/** A file or table of another's making: its columns are found by name, its rows are SQL. */
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { openTable, quoteLiteral, quotePath, relation } from '@throughline/delta';
import type { Session } from '../engine/local/session.ts';
import { asThroughlineError, EXIT, ThroughlineError } from '../error.ts';
import { readCsvHeader } from '../source/csv-header.ts';
import { type ColumnNames, expressionsOf, type FileColumn, findColumns } from './columns.ts';
import { type Role, type Side, type SideKind, selectList } from './side.ts';

type FileKind = Exclude<SideKind, 'lake' | 'npy'>;

/** Nothing is read but the names and types of columns. Throws with exit code 65 if the file is not what its name says. */
export async function openFileSide(
  session: Session,
  path: string,
  kind: FileKind,
  named: ColumnNames,
): Promise<Side> {
  const file = await openFile(session, path, kind);
  const columns = findColumns(path, file.columns, named);
  const has = new Set(Object.keys(columns) as Role[]);
  return {
    path,
    kind,
    level: has.has('passage') || has.has('ordinal') ? 'passages' : 'records',
    columns,
    has,
    rows: `(SELECT ${selectList(expressionsOf(path, file.columns, columns))} FROM ${file.sql})`,
    close: file.close,
  };
}

export interface OpenFile {
  /** All rows, in the order of the file, as SQL in brackets or a call. */
  sql: string;
  columns: FileColumn[];
  close(): Promise<void>;
}

export async function openFile(session: Session, path: string, kind: FileKind): Promise<OpenFile> {
  if (kind === 'csv') {
    const delimiter = extname(path).toLowerCase() === '.tsv' ? '\t' : ',';
    const names = await readCsvHeader({ path, name: path }, { delimiter, quote: '"' });
    return { sql: csvSql(path, delimiter, names), columns: names.map(ofText), close: nothing };
  }
  if (kind === 'delta') {
    const { sql, close } = await relation(await openTable(path));
    return { sql, columns: await describe(session, path, sql), close };
  }
  const file = kind === 'jsonl' ? jsonSql(path) : await parquetSql(path);
  const columns = await describe(session, path, file);
  if (kind === 'parquet') return { sql: file, columns, close: nothing };
  const names = columns.map(({ name }) => name);
  return { sql: jsonSql(path, names), columns: names.map(ofText), close: nothing };
}

const nothing = async () => {};

/** Longest line or object, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024;

const ofText = (name: string): FileColumn => ({ name, type: 'VARCHAR' });

function csvSql(path: string, delimiter: string, names: readonly string[]): string {
  return `read_csv(${quotePath(path)}, columns = ${textColumns(names)}, delim = ${quoteLiteral(delimiter)}, quote = '"', escape = '"',
    header = true, auto_detect = false, strict_mode = true, max_line_size = ${MAX_BYTES}, buffer_size = ${2 * MAX_BYTES})`;
}

/** With `names` their values as text, so that no id is taken for a number or a date. */
function jsonSql(path: string, names?: readonly string[]): string {
  // All lines are asked for their names: a column may begin late.
  const columns =
    names === undefined ? 'sample_size = -1, maximum_depth = 1' : `columns = ${textColumns(names)}`;
  return `read_json(${quotePath(path)}, format = 'newline_delimited', records = true, maximum_object_size = ${MAX_BYTES}, ${columns})`;
}

function textColumns(names: readonly string[]): string {
  return `{${names.map((name) => `${quoteLiteral(name)}: 'VARCHAR'`).join(', ')}}`;
}

/** A file, or all files of a folder, whatever its name ends in. */
async function parquetSql(path: string): Promise<string> {
  const folder = (await stat(path)).isDirectory();
  const files = folder ? `${quotePath(path)} || '/**/*.parquet'` : quotePath(path);
  return `read_parquet(${files}, union_by_name = true, hive_partitioning = false, can_have_nan = true)`;
}

async function describe(session: Session, path: string, sql: string): Promise<FileColumn[]> {
  const rows = await readable(path, session.query(`DESCRIBE SELECT * FROM ${sql}`));
  return rows.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
}

/** What DuckDB cannot read is bad data; a full disk is not. */
export async function readable<T>(path: string, work: Promise<T>): Promise<T> {
  return work.catch((cause: Error) => {
    if (asThroughlineError(cause).exitCode !== EXIT.internal) throw cause;
    throw new ThroughlineError(`${path} cannot be read: ${cause.message.split('\n')[0]}`, {
      code: 'file_unreadable',
      exitCode: EXIT.badData,
      hint: 'Check whether the file was written completely, and is what its ending says.',
      cause,
    });
  });
}
