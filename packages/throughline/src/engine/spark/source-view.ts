/**
 * The source as one view: place (file, block, number within the block), the line that is no row (`corrupt`), and the columns as
 * texts. Options are pinned, so that both engines read the same.
 */
import type { SourceConfig } from '../../config/index.ts';
import { lakeRootOf } from '../../lake/lake-path.ts';
import { readCsvHeader } from '../../source/csv-header.ts';
import { versionOf } from '../../source/delta-table.ts';
import type { SourceFile, SourceFiles } from '../../source/files.ts';
import { requiredColumns } from '../../source/mapping.ts';
import { columnsInFiles, columnsInFolders, withFolderColumns } from '../../source/partition-folders.ts';
import { requireColumns, requireInFile } from '../../source/relation.ts';
import {
  columnsOfFiles,
  type FileColumns,
  type SourceColumn,
  typeOfSpark,
} from '../../source/source-columns.ts';
import type { Described } from '../engine.ts';
import type { SparkSession } from './cluster.ts';
import { type SourceColumns, sourceColumns } from './columns.ts';
import { cellSql, filesSql } from './folder-cells.ts';
import { hideOptions } from './hide-options.ts';
import { type FilesOfPattern, optionText, patterns } from './options.ts';
import { sparkName } from './sql.ts';

/** The name that a malformed line has among the columns; no column of a source has it. */
const CORRUPT = sparkName('\u001fcorrupt');

/**
 * Leaves the view `tl_raw`: file, ord, path, block, mid, corrupt, c0, c1, ... Gives the columns of the source, mapped or not,
 * where its format has them. Throws with exit code 78 for a column that is not there.
 */
export async function createSourceView(
  cluster: SparkSession,
  { config, mapping, files, directory }: Described,
): Promise<SourceColumn[] | undefined> {
  const columns = sourceColumns(config, mapping);
  const readings = await readers(cluster, readable(config.source, files, directory), files.files, columns);
  const scan = readings.map(({ sql }) => `(${sql})`).join(' UNION ALL ');
  const inFolders = columnsInFolders(files.files, columns.names);
  await cluster.view('tl_files', filesSql(files.files, inFolders));
  const cells = columns.names.map((name) => cellSql(name, columns.of(name), inFolders));
  // A "+" in a path is itself, and a blank to url_decode.
  await cluster.view(
    'tl_raw',
    `SELECT coalesce(f.file, s.path) AS file, coalesce(f.ord, -1) AS ord, s.path, s.block, s.mid, s.corrupt, ${cells.join(', ')}
      FROM (SELECT regexp_replace(url_decode(replace(uri, '+', '%2B')), '^file:/+', '/') AS path, block, mid, corrupt, ${columns.all.join(', ')}
        FROM (${scan})) s LEFT JOIN tl_files f ON f.path = s.path`,
  );
  const described = readings.flatMap((reading) => reading.columns ?? []);
  return described.length === 0 ? undefined : columnsOfFiles(described);
}

/** One query, and the columns of what it reads. */
interface Reading {
  sql: string;
  columns?: FileColumns[];
}

/** A Delta table is one more reader of the cluster, at the version that was found. */
function readable(source: SourceConfig, files: SourceFiles, directory: string): SourceConfig {
  if (source.type !== 'delta') return source;
  const root = lakeRootOf(directory, [source.path!].flat()[0]!).replace(/^s3:/, 's3a:');
  return {
    ...source,
    type: 'spark',
    reader: 'delta',
    options: { path: root, versionAsOf: String(versionOf(files)) },
  };
}

/** One query for each kind of file: uri, block, corrupt, c0, c1, ... */
async function readers(
  cluster: SparkSession,
  source: SourceConfig,
  files: readonly SourceFile[],
  columns: SourceColumns,
): Promise<Reading[]> {
  if (source.type === 'csv') return csvReaders(cluster, source, files, columns);
  if (source.type === 'spark') return [await sparkReader(cluster, source, columns)];
  const selects: Reading[] = [];
  for (const found of patterns(files)) {
    const view = `tl_source_${selects.length}`;
    const read = source.type === 'jsonl' ? jsonlReader : parquetReader;
    selects.push(await read(cluster, view, found, { source, columns }));
  }
  return selects;
}

/** What is to be read of a source. */
interface Wanted {
  source: SourceConfig;
  columns: SourceColumns;
}

async function jsonlReader(
  cluster: SparkSession,
  view: string,
  { pattern }: FilesOfPattern,
  { columns }: Wanted,
): Promise<Reading> {
  const fields = [...columns.names.map(sparkName), CORRUPT].map((name) => `${name} STRING`);
  await cluster.execute(
    `CREATE OR REPLACE TEMPORARY VIEW ${view} (${fields.join(', ')}) USING json
        OPTIONS (path ${optionText(pattern)}, lineSep '\\n', mode 'PERMISSIVE', columnNameOfCorruptRecord '\u001fcorrupt')`,
  );
  const named = columns.names.map((name, i) => `${sparkName(name)} AS c${i}`);
  return {
    sql: `SELECT ${SCANNED}, ${beside(CORRUPT, sparkName(columns.names[0]!))} AS corrupt, ${named.join(', ')} FROM ${view}`,
  };
}

async function parquetReader(
  cluster: SparkSession,
  view: string,
  { pattern, files }: FilesOfPattern,
  { source, columns }: Wanted,
): Promise<Reading> {
  await cluster.execute(
    `CREATE OR REPLACE TEMPORARY VIEW ${view} USING parquet OPTIONS (path ${optionText(pattern)}, mergeSchema 'true')`,
  );
  const found = await fieldsOf(cluster, view);
  const names = found.map(({ name }) => name);
  for (const file of files) requireInFile(file, names, requiredColumns(source, columns.names));
  const cells = cellsOf(found, columns.names, columnsInFiles(files, columns.names));
  const types = found.map(({ name, type }) => ({ name, type: typeOfSpark(type) }));
  return {
    sql: selectCells(SCANNED, cells, view),
    columns: files.map((file) => withFolderColumns(file, types, 'string')),
  };
}

/** Any reader that the cluster has. */
async function sparkReader(
  cluster: SparkSession,
  source: SourceConfig,
  columns: SourceColumns,
): Promise<Reading> {
  const { reader = '', options = {}, query } = source;
  await hideOptions(cluster);
  const pairs = Object.entries(options).map(([key, value]) => `${optionText(key)} ${optionText(value)}`);
  await cluster.execute(
    `CREATE OR REPLACE TEMPORARY VIEW tl_source USING ${sparkName(reader)}${pairs.length > 0 ? ` OPTIONS (${pairs.join(', ')})` : ''}`,
  );
  if (query === undefined) return await typedSelect(cluster, 'tl_source', { source, columns });
  await cluster.view(
    'tl_shaped',
    `WITH input AS (SELECT * FROM tl_source) SELECT * FROM (\n${query.trim().replace(/;$/, '')}\n)`,
  );
  return await typedSelect(cluster, 'tl_shaped', { source, columns });
}

/** The columns of a view as texts. Throws with exit code 78 for one that is not there, but has to be. */
async function typedSelect(
  cluster: SparkSession,
  view: string,
  { source, columns: { names } }: Wanted,
): Promise<Reading> {
  const fields = await fieldsOf(cluster, view);
  requireColumns(
    source.reader!,
    fields.map(({ name }) => name),
    requiredColumns(source, names),
  );
  const cells = cellsOf(fields, names, names);
  return {
    sql: selectCells(unplaced(cells), cells, view),
    columns: [fields.map(({ name, type }) => ({ name, type: typeOfSpark(type) }))],
  };
}

type Fields = Awaited<ReturnType<SparkSession['schema']>>['fields'];

async function fieldsOf(cluster: SparkSession, view: string): Promise<Fields> {
  return (await cluster.schema(`SELECT * FROM ${view}`)).fields;
}

/** Each of the columns as a text; null where it is not read. */
function cellsOf(fields: Fields, names: readonly string[], read: readonly string[]): string[] {
  return names.map((name) => {
    const field = fields.find((one) => one.name === name);
    return field && read.includes(name) ? textSql(sparkName(name), field.type) : NO_CELL;
  });
}

const NO_CELL = 'CAST(NULL AS STRING)';

function selectCells(place: string, cells: readonly string[], view: string): string {
  const named = cells.map((cell, i) => `${cell} AS c${i}`);
  return `SELECT ${place}, ${NO_CELL} AS corrupt, ${named.join(', ')} FROM ${view}`;
}

const SCANNED =
  'input_file_name() AS uri, input_file_block_start() AS block, monotonically_increasing_id() AS mid';

/** What the cluster reads by itself has no order but that of its content. */
function unplaced(cells: readonly string[]): string {
  return `'' AS uri, 0L AS block, xxhash64(to_json(struct(${cells.join(', ')}), map('ignoreNullFields', 'false'))) AS mid`;
}

/** The malformed line. Spark refuses to read it alone: another column has to seem to matter. */
function beside(corrupt: string, other: string): string {
  return `nullif(${corrupt}, concat(${corrupt}, coalesce(${other}, ''), '-'))`;
}

/** As DuckDB writes a value of that type. */
function textSql(column: string, type: unknown): string {
  return type === 'timestamp' ? `concat(CAST(${column} AS STRING), '+00')` : `CAST(${column} AS STRING)`;
}

/** Files with one header are read together. */
async function csvReaders(
  cluster: SparkSession,
  source: SourceConfig,
  files: readonly SourceFile[],
  columns: SourceColumns,
): Promise<Reading[]> {
  const groups = new Map<string, { header: string[]; files: SourceFile[] }>();
  for (const file of files) {
    const header = await readCsvHeader(file, source, ENCODINGS[source.encoding]);
    requireInFile(file, header, requiredColumns(source, columns.names));
    const key = JSON.stringify(header);
    const group = groups.get(key) ?? { header, files: [] };
    group.files.push(file);
    groups.set(key, group);
  }
  const selects: Reading[] = [];
  for (const group of groups.values()) {
    const { header } = group;
    for (const { pattern, files } of patterns(group.files)) {
      const view = `tl_source_${selects.length}`;
      const fields = [...header.map((_, i) => `h${i}`), 'corrupt'].map((name) => `${name} STRING`);
      await cluster.execute(
        `CREATE OR REPLACE TEMPORARY VIEW ${view} (${fields.join(', ')}) USING csv OPTIONS (path ${optionText(pattern)}, ${csvOptions(source)})`,
      );
      const read = columnsInFiles(files, columns.names).filter((name) => header.includes(name));
      const cells = columns.names.map(
        (name, i) => `${read.includes(name) ? `h${header.indexOf(name)}` : NO_CELL} AS c${i}`,
      );
      const named = header.map((name) => ({ name }));
      selects.push({
        sql: `SELECT ${SCANNED}, ${beside('corrupt', 'h0')} AS corrupt, ${cells.join(', ')} FROM ${view}`,
        columns: files.map((file) => withFolderColumns(file, named)),
      });
    }
  }
  return selects;
}

const ENCODINGS = { 'utf-8': 'UTF-8', 'utf-16': 'UTF-16', 'latin-1': 'windows-1252' } as const;

function csvOptions({ delimiter, quote, encoding, header = true }: SourceConfig): string {
  const options = {
    header: `${header}`,
    // By position: the headers were looked at, file by file.
    enforceSchema: 'true',
    multiLine: 'true',
    sep: delimiter,
    quote,
    escape: quote,
    encoding: ENCODINGS[encoding],
    mode: 'PERMISSIVE',
    columnNameOfCorruptRecord: 'corrupt',
    ignoreLeadingWhiteSpace: 'false',
    ignoreTrailingWhiteSpace: 'false',
    maxCharsPerColumn: '-1',
    maxColumns: '100000',
  };
  return Object.entries(options)
    .map(([key, value]) => `${key} ${optionText(value)}`)
    .join(', ');
}
