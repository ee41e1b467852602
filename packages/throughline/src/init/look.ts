/**
 * A source that nobody has described yet, looked at: its format and facts about each column. Memory is DuckDB's; the rows that are looked
 * at lie in the session's folder.
 */
import { quoteIdentifier } from '@throughline/delta';
import { formatBytes } from '../cli/terminal.ts';
import type { SourceConfig } from '../config/index.ts';
import { COLUMN_BYTES } from '../engine/local/read-source.ts';
import { openSession, type Session } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { readCsvHeader } from '../source/csv-header.ts';
import { findFiles, type SourceFile } from '../source/files.ts';
import { cellSql, filesSql } from '../source/folder-cells.ts';
import { OWN } from '../source/own-columns.ts';
import { columnsInFolders, folderValues, withFolderColumns } from '../source/partition-folders.ts';
import { DOUBLE, LONG, SPACE } from '../source/patterns.ts';
import { jsonLines, parquetColumns, sourceRelation } from '../source/relation.ts';
import { fetchFiles } from '../source/remote-files.ts';
import { asUtf8 } from '../source/transcode.ts';
import type { ColumnFacts } from './column-facts.ts';
import { type FileFormat, fileFormat } from './file-format.ts';
import { kindOf } from './find-source.ts';
import { MOST_TIMES } from './time-format.ts';

/** Rows that are looked at, the first of the source. */
const MOST_ROWS = 200_000;
/** Columns of a file that are looked at. */
const MOST_COLUMNS = 200;
/** Lines of JSON that are looked through for their keys. */
const MOST_LINES = 20_000;
const EXAMPLES = 3;
/** With it begins what a config reads as a variable. */
const VARIABLE = '$'.concat('{');

export interface LookedAt {
  format: FileFormat;
  /** Names of the files, relative to the folder. */
  files: string[];
  /** That were looked at. */
  rows: number;
  /** Whether the source has more rows than were looked at. */
  more: boolean;
  columns: ColumnFacts[];
}

/** Looks at the files that `patterns` name, relative to `directory`. Throws where they cannot be read. */
export async function lookAt(
  patterns: readonly string[],
  directory: string,
  tell: (message: string) => void = () => {},
): Promise<LookedAt> {
  const found = await findFiles(patterns, directory);
  await using fetched = await fetchFiles(found.files);
  const { files } = fetched;
  requireOneKind(files);
  await using session = await openSession();
  const format = await fileFormat(files[0]!, session);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  tell(`Looking at ${files.length === 1 ? files[0]!.name : `${files.length} files`} (${formatBytes(bytes)})`);
  const utf8 = await asUtf8(files, format.encoding, session.directory);
  const named = await columnsOf(session, format, utf8);
  // A dollar sign and a brace mean a variable in a config; DuckDB reads these keys of JSON as patterns.
  const names = named.filter(
    (name) => !name.includes(VARIABLE) && !(format.type === 'jsonl' && /^\*?$/.test(name)),
  );
  const rows = await takeRows(session, format, utf8, names);
  const looked = Math.min(rows, MOST_ROWS);
  const columns: ColumnFacts[] = [];
  for (const [i, name] of names.entries()) {
    const facts = await factsOf(session, name, `c${i}`, looked);
    // The rows may all be of one folder.
    columns.push({ ...facts, distinct: Math.max(facts.distinct, valuesInFolders(utf8, name)) });
  }
  return { format, files: files.map(({ name }) => name), rows: looked, more: rows > MOST_ROWS, columns };
}

function valuesInFolders(files: readonly SourceFile[], name: string): number {
  return new Set(files.map((file) => folderValues(file).get(name)).filter((value) => value)).size;
}

function requireOneKind(files: readonly SourceFile[]): void {
  const kinds = new Set(files.map(({ name }) => kindOf(name)));
  if (kinds.size === 1) return;
  throw new ThroughlineError(`files of several kinds: ${[...kinds].join(', ')}`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: "Name those of one kind, such as 'data/*.csv': a pipeline has one source.",
  });
}

/** Of the first file, and of folders, as far as every file lies in one of them. */
async function columnsOf(
  session: Session,
  format: FileFormat,
  files: readonly SourceFile[],
): Promise<string[]> {
  const own = (await columnsIn(session, format, files[0]!)).slice(0, MOST_COLUMNS);
  const both = withFolderColumns(
    files[0]!,
    own.map((name) => ({ name })),
  );
  const isInAllFolders = (name: string) => files.every((file) => folderValues(file).has(name));
  return both.map(({ name }) => name).filter((name) => own.includes(name) || isInAllFolders(name));
}

async function columnsIn(session: Session, format: FileFormat, file: SourceFile): Promise<string[]> {
  if (format.type === 'csv') return await readCsvHeader(file, format);
  if (format.type === 'parquet') return (await parquetColumns(file, session.query)).map(({ name }) => name);
  const lines = jsonLines([file], 'ignore_errors = true');
  const keys = await session.query(
    `SELECT key FROM (SELECT unnest(json_keys(line)) AS key, row FROM
       (SELECT line, valid, row_number() OVER () AS row FROM (${lines}) LIMIT ${MOST_LINES}) WHERE valid)
     GROUP BY key ORDER BY min(row), key`,
  );
  return keys.map(({ key }) => String(key));
}

/** Makes the table `looked` with the columns c0, c1, ... and gives the number of rows: one more than it has where the source has more. */
async function takeRows(
  session: Session,
  format: FileFormat,
  utf8: readonly SourceFile[],
  names: readonly string[],
): Promise<number> {
  if (names.length === 0) return 0;
  const source: SourceConfig = { ...format, text: [...names], attributes: [], maxTextLength: Infinity };
  const { sql, width } = await sourceRelation(source, utf8, names, session.query);
  await session.reserve(width * COLUMN_BYTES);
  const columns = names.map((name) => quoteIdentifier(name));
  const inFolders = columnsInFolders(utf8, names);
  const cells = names.map((name, i) => `${cellSql(name, inFolders)} AS c${i}`);
  const isRow = format.type === 'jsonl' ? `WHERE ${OWN.raw} IS NULL` : '';
  await session.query(
    `CREATE TABLE looked AS SELECT r.${OWN.row} AS row, ${cells.join(', ')} FROM
       (SELECT row_number() OVER () AS ${OWN.row}, ${OWN.file}, ${columns.join(', ')} FROM (${sql}) ${isRow} LIMIT ${MOST_ROWS + 1}) AS r
       JOIN (${filesSql(utf8, inFolders)}) AS f ON f.path = r.${OWN.file}`,
  );
  const [counted] = await session.query('SELECT count(*)::DOUBLE AS rows FROM looked');
  await session.query(`DELETE FROM looked WHERE row > ${MOST_ROWS}`);
  return counted!.rows as number;
}

/** Scripts that put no blanks between words: two characters are about one. */
const UNSPACED = '[\\x{3040}-\\x{30ff}\\x{3400}-\\x{9fff}\\x{0e00}-\\x{0e7f}]';

async function factsOf(session: Session, name: string, column: string, rows: number): Promise<ColumnFacts> {
  const blank = `trim(${column}, E' \\t\\r\\n') = ''`;
  const there = `(SELECT ${column} AS value FROM looked WHERE ${column} IS NOT NULL AND NOT ${blank})`;
  const share = (condition: string) => `coalesce(avg((${condition})::INT), 0)::DOUBLE`;
  const only = (pattern: string) => `regexp_full_match(value, '${SPACE}${pattern}${SPACE}')`;
  const [facts] =
    await session.query(`SELECT count(*)::DOUBLE AS filled, count(DISTINCT hash(value))::DOUBLE AS distinct_values,
    coalesce(avg(length(value)), 0)::DOUBLE AS length,
    coalesce(avg(greatest(len(string_split_regex(trim(value), '\\s+')), (length(value) - length(regexp_replace(value, '${UNSPACED}', '', 'g'))) / 2)), 0)::DOUBLE AS words,
    ${share(only(LONG))} AS long, ${share(only(DOUBLE))} AS double, ${share("lower(trim(value)) IN ('true', 'false', 'yes', 'no')")} AS boolean,
    ${share("regexp_matches(value, '^\\s*(https?://|www\\.)\\S+\\s*$')")} AS address,
    ${share("regexp_matches(value, '^\\s*[\\[{]') AND json_valid(value)")} AS nested,
    ${share("regexp_full_match(value, '\\s*0[0-9]+\\s*')")} AS code FROM ${there}`);
  const examples = await session.query(
    `SELECT left(value, 200) AS value FROM (SELECT ${column} AS value, min(row) AS first FROM looked WHERE ${column} IS NOT NULL AND NOT ${blank} GROUP BY ${column}) ORDER BY first LIMIT ${EXAMPLES}`,
  );
  const values = await session.query(
    `SELECT left(value, 100) AS value FROM (SELECT DISTINCT value FROM ${there}) ORDER BY hash(value) LIMIT ${MOST_TIMES}`,
  );
  const { filled, distinct_values: distinct, ...rest } = facts as Record<string, number>;
  return {
    ...(rest as Pick<
      ColumnFacts,
      'length' | 'words' | 'long' | 'double' | 'boolean' | 'address' | 'nested' | 'code'
    >),
    ...{ name, rows, distinct: distinct! },
    filled: rows === 0 ? 0 : filled! / rows,
    examples: examples.map(({ value }) => String(value)),
    values: values.map(({ value }) => String(value)),
  };
}
