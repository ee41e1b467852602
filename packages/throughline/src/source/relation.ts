/**
 * A source's files as one DuckDB relation: the path of the row's file (OWN.file) and the wanted columns, all VARCHAR,
 * in source order; of JSONL also OWN.raw, the line that is no JSON object.
 * Options are pinned and nothing is detected, so that every engine reads the same.
 * What stands in the names of folders is joined later (`folder-cells.ts`).
 */
import { quoteIdentifier, quoteLiteral, quotePath } from '@throughline/delta';
import type { SourceConfig } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { suggest } from '../suggest.ts';
import { readCsvHeader } from './csv-header.ts';
import type { SourceFile } from './files.ts';
import { requiredColumns } from './mapping.ts';
import { FILE_NAME, OWN } from './own-columns.ts';
import { columnsInFiles, folderColumns, folderValues, withFolderColumns } from './partition-folders.ts';
import { columnsOfFiles, type FileColumns, type SourceColumn, typeOfDuckDb } from './source-columns.ts';
import { labelOf } from './transcode.ts';

/** Longest line that is read, in bytes: a text of 10 MB with room to spare. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
/** DuckDB would take 16 times the longest line, more than the memory that a session has. */
const BUFFER_BYTES = 2 * MAX_LINE_BYTES;

/** Runs SQL and gives rows; the part of a DuckDB session that reading needs. */
export type Query = (sql: string) => Promise<Record<string, unknown>[]>;

export interface SourceRelation {
  /** Columns that the folders of all files have are null, and so are optional ones where a file lacks them. */
  sql: string;
  /** Columns of the widest file, as far as all of them have to be read. */
  width: number;
  /** All columns of the files and their folders, mapped or not; undefined of JSONL, where every line has its own. */
  columns: SourceColumn[] | undefined;
}

/** Checks that every file has the wanted columns but for the optional ones, in itself or in its folders, and gives the relation's SQL. */
export async function sourceRelation(
  source: SourceConfig,
  files: readonly SourceFile[],
  wanted: readonly string[],
  query: Query,
): Promise<SourceRelation> {
  if (source.type === 'csv') return csvRelation(source, files, wanted);
  const width = wanted.length;
  if (source.type === 'jsonl') return { sql: jsonlRelation(files, wanted), width, columns: undefined };
  return { ...(await parquetRelation(source, files, wanted, query)), width };
}

async function csvRelation(
  source: SourceConfig,
  files: readonly SourceFile[],
  wanted: readonly string[],
): Promise<SourceRelation> {
  const selects: string[] = [];
  const groups = await groupByHeader(source, files);
  const required = requiredColumns(source, wanted);
  for (const group of groups) {
    for (const file of group.files) requireInFile(file, group.columns, required);
    const read = columnsInFiles(group.files, wanted).filter((column) => group.columns.includes(column));
    const columns = group.columns.map((column) => `${quoteLiteral(column)}: 'VARCHAR'`).join(', ');
    const options = [
      `columns = {${columns}}`,
      `delim = ${quoteLiteral(source.delimiter)}`,
      `quote = ${quoteLiteral(source.quote)}`,
      `escape = ${quoteLiteral(source.quote)}`,
      "encoding = 'utf-8'",
      `header = ${source.header ?? true}`,
      'auto_detect = false',
      'strict_mode = true',
      'store_rejects = true',
      'rejects_limit = 0',
      `max_line_size = ${MAX_LINE_BYTES}`,
      `buffer_size = ${BUFFER_BYTES}`,
      `filename = ${quoteLiteral(FILE_NAME)}`,
      'hive_partitioning = false',
    ];
    const cells = wanted.map((column) => (read.includes(column) ? quoteIdentifier(column) : noCell(column)));
    selects.push(
      `SELECT ${[OWN.file, ...cells].join(', ')} FROM read_csv(${pathList(group.files)}, ${options.join(', ')}) ${readingAll(group.columns, read)}`,
    );
  }
  return {
    sql: selects.join(' UNION ALL '),
    width: Math.max(...groups.map(({ columns }) => columns.length)),
    columns: columnsOfFiles(
      groups.flatMap(({ columns, files }) => {
        const named = columns.map((name) => ({ name }));
        return files.map((file) => withFolderColumns(file, named));
      }),
    ),
  };
}

/** Of a column that is in the folders of all files, or in none of them. */
function noCell(column: string): string {
  return `NULL::VARCHAR AS ${quoteIdentifier(column)}`;
}

/**
 * A condition that always holds and needs the unwanted columns: DuckDB 1.5 has an internal error in about half of the
 * files that are malformed and of which not every column is read.
 */
function readingAll(columns: readonly string[], wanted: readonly string[]): string {
  const others = columns.filter((column) => !wanted.includes(column));
  if (others.length === 0) return '';
  return `WHERE hash(${others.map((column) => quoteIdentifier(column)).join(', ')}) IS NOT NULL`;
}

/** All columns of one file and its folders, mapped or not. Throws with exit code 65 for what is no such file. */
export async function fileColumns(
  source: SourceConfig,
  file: SourceFile,
  query: Query,
): Promise<FileColumns> {
  if (source.type === 'parquet') return withFolderColumns(file, await parquetColumns(file, query), 'string');
  const header = await readCsvHeader(file, source, await labelOf(file, source.encoding));
  return withFolderColumns(
    file,
    header.map((name) => ({ name })),
  );
}

interface HeaderGroup {
  columns: string[];
  files: SourceFile[];
}

/** Neighbouring files with the same header are read in one scan. */
async function groupByHeader(source: SourceConfig, files: readonly SourceFile[]): Promise<HeaderGroup[]> {
  const groups: HeaderGroup[] = [];
  for (const file of files) {
    const columns = await readCsvHeader(file, source);
    const last = groups.at(-1);
    if (last && JSON.stringify(last.columns) === JSON.stringify(columns)) last.files.push(file);
    else groups.push({ columns, files: [file] });
  }
  return groups;
}

/**
 * Lines are split on U+000A only; what is not a JSON object keeps its line in OWN.raw, to become a dead letter. Blank
 * lines are there with a blank one: they are no rows, but they count.
 */
function jsonlRelation(files: readonly SourceFile[], wanted: readonly string[]): string {
  const read = columnsInFiles(files, wanted);
  const fields = wanted.map((column) =>
    read.includes(column)
      ? `CASE WHEN l.valid THEN json_extract_string(l.line, ${keyPath(column)}) END AS ${quoteIdentifier(column)}`
      : noCell(column),
  );
  return `SELECT ${[`l.file AS ${OWN.file}`, ...fields].join(', ')}, CASE WHEN NOT l.valid THEN trim(l.line, E' \\t\\r') END AS ${OWN.raw}
    FROM (${jsonLines(files, 'store_rejects = true, rejects_limit = 0')}) AS l`;
}

/** file, line, and whether the line is a JSON object. */
export function jsonLines(files: readonly SourceFile[], errors: string): string {
  const lines = `read_csv(${pathList(files)}, columns = {'line': 'VARCHAR'}, delim = E'\\x01', quote = '', escape = '',
    header = false, auto_detect = false, strict_mode = false, new_line = '\\n', ${errors},
    max_line_size = ${MAX_LINE_BYTES}, buffer_size = ${BUFFER_BYTES}, filename = 'file', hive_partitioning = false)`;
  return `SELECT file, line, json_valid(line) AND coalesce(json_type(CASE WHEN json_valid(line) THEN line END), '') = 'OBJECT' AS valid
    FROM (SELECT file, coalesce(line, '') AS line FROM ${lines})`;
}

function keyPath(column: string): string {
  return quoteLiteral(`$.${JSON.stringify(column)}`);
}

/** Throws with exit code 78 if no line of JSONL files has one of these keys, not even with null. */
export async function requireKeys(
  files: readonly SourceFile[],
  wanted: readonly string[],
  query: Query,
): Promise<void> {
  const objects = `(${jsonLines(files, 'ignore_errors = true')}) WHERE valid`;
  const found = wanted.map(
    (column, i) => `coalesce(bool_or(json_exists(line, ${keyPath(column)})), false) AS k${i}`,
  );
  const [exists] = await query(`SELECT ${found.join(', ')} FROM ${objects}`);
  if (wanted.every((_, i) => exists![`k${i}`])) return;
  const keys = await query(
    `SELECT DISTINCT unnest(json_keys(line)) AS key FROM (SELECT line FROM ${objects} LIMIT 100) ORDER BY key`,
  );
  refuseMissingKeys(
    files,
    keys.map(({ key }) => String(key)),
    wanted.filter((_, i) => !exists![`k${i}`]),
  );
}

/** Throws with exit code 78: no line of the files has one of the keys that are missing. */
export function refuseMissingKeys(
  files: readonly SourceFile[],
  keys: readonly string[],
  missing: readonly string[],
): void {
  const name = files.length === 1 ? files[0]!.name : `each of ${files.length} files`;
  requireColumns(name, [...new Set([...keys, ...folderColumns(files)])], missing);
}

async function parquetRelation(
  source: SourceConfig,
  files: readonly SourceFile[],
  wanted: readonly string[],
  query: Query,
): Promise<Omit<SourceRelation, 'width'>> {
  const found: FileColumns[] = [];
  const required = requiredColumns(source, wanted);
  const there = new Set<string>();
  for (const file of files) {
    const columns = await parquetColumns(file, query);
    const names = columns.map(({ name }) => name);
    requireInFile(file, names, required);
    for (const name of names) there.add(name);
    found.push(withFolderColumns(file, columns, 'string'));
  }
  const read = columnsInFiles(files, wanted).filter((column) => there.has(column));
  const columns = wanted.map((column) =>
    read.includes(column)
      ? `CAST(${quoteIdentifier(column)} AS VARCHAR) AS ${quoteIdentifier(column)}`
      : noCell(column),
  );
  const sql = `SELECT ${OWN.file}, ${columns.join(', ')} FROM read_parquet(${pathList(files)}, filename = ${quoteLiteral(FILE_NAME)}, union_by_name = true, hive_partitioning = false)`;
  return { sql, columns: columnsOfFiles(found) };
}

/** Throws with exit code 65 for what is no Parquet file. */
export async function parquetColumns(file: SourceFile, query: Query): Promise<FileColumns> {
  const columns = await query(
    `DESCRIBE SELECT * FROM read_parquet(${pathList([file])}, hive_partitioning = false)`,
  ).catch((cause: Error) => {
    throw new ThroughlineError(`${file.name} is not a Parquet file: ${cause.message.split('\n')[0]}`, {
      code: 'source_unreadable',
      exitCode: EXIT.badData,
      hint: 'Check source.type, and whether the file was written completely.',
      cause,
    });
  });
  return columns.map((column) => ({
    name: String(column.column_name),
    type: typeOfDuckDb(String(column.column_type)),
  }));
}

function pathList(files: readonly SourceFile[]): string {
  return `[${files.map((file) => quotePath(file.path)).join(', ')}]`;
}

/** Throws with exit code 78 for a column that neither the file nor a folder of it has. */
export function requireInFile(file: SourceFile, columns: readonly string[], wanted: readonly string[]): void {
  requireColumns(file.name, [...new Set([...columns, ...folderValues(file).keys()])], wanted);
}

/** Throws with exit code 78 for a column that is not there. */
export function requireColumns(file: string, columns: readonly string[], wanted: readonly string[]): void {
  const missing = wanted.filter((column) => !columns.includes(column));
  if (missing.length === 0) return;
  const named = missing.map((column) => {
    const near = suggest(column, columns);
    return near ? `"${column}" (did you mean "${near}"?)` : `"${column}"`;
  });
  throw new ThroughlineError(`${file} has no column ${named.join(', ')}`, {
    code: 'column_missing',
    exitCode: EXIT.config,
    hint: `Its columns: ${columns.slice(0, 40).join(', ')}${columns.length > 40 ? ', ...' : ''}.`,
  });
}
