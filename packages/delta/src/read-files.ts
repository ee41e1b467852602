import type { AddFile } from './actions.ts';
import { type PhysicalName, physicalNames } from './column-mapping.ts';
import { readDeletedRows } from './deletion-vector.ts';
import { sqlType } from './duckdb-type.ts';
import { UnsupportedFeatureError } from './errors.ts';
import { fetchFiles } from './fetch-files.ts';
import { decodePath } from './file-path.ts';
import type { DataType, StructField } from './schema.ts';
import type { Snapshot } from './snapshot.ts';
import { quoteIdentifier, quoteLiteral, quotePath } from './sql.ts';
import type { Store } from './store/store.ts';

/** Data files on the local disk, ready to be read; they are there until `release`. */
export interface DataFiles {
  /** In the order of the files that were asked for. */
  localPaths: readonly string[];
  /** The data columns of all files as a DuckDB table expression, in the order of files and rows. */
  select(fields: readonly StructField[]): string;
  release(): Promise<void>;
}

/** The column that ties rows to their file's partition; no column of a table can have a space in its name. */
export const FILE = quoteIdentifier(' file');

/** Fetches the files, and the vectors of the rows that are deleted in them. */
export async function openDataFiles(
  store: Store,
  snapshot: Snapshot,
  files: readonly AddFile[],
): Promise<DataFiles> {
  const { localPaths, release } = await fetchFiles(
    store,
    files.map((file) => decodePath(file.path)),
  );
  try {
    const physical = physicalNames(snapshot.metadata);
    if (files.some(({ deletionVector }) => deletionVector)) checkRowNumbers(snapshot, physical);
    const sources: Source[] = [];
    let flags = 0;
    for (const [index, { deletionVector }] of files.entries()) {
      const deleted = deletionVector ? await readDeletedRows(store, deletionVector) : '';
      flags += deleted.length;
      if (flags > MOST_FLAGS) throw tooManyFlags(snapshot);
      sources.push({ localPath: localPaths[index]!, deleted });
    }
    return { localPaths, release, select: (fields) => selectFiles(sources, fields, physical) };
  } catch (error) {
    await release();
    throw error;
  }
}

const MOST_FLAGS = 2 ** 28; // half of the longest text that there can be

function tooManyFlags({ root }: Snapshot): UnsupportedFeatureError {
  return new UnsupportedFeatureError(
    `The deletion vectors of ${root} are too long for one query: read it partition by partition, or optimize it.`,
  );
}

/** DuckDB numbers the rows of a file in a column of this name. */
const ROW_NUMBER = 'file_row_number';

function checkRowNumbers({ root, metadata }: Snapshot, physical: PhysicalName): void {
  const taken = metadata.schema.fields.find((field) => physical(field).toLowerCase() === ROW_NUMBER);
  if (taken === undefined) return;
  throw new UnsupportedFeatureError(
    `${root} has deletion vectors and a column that is called ${ROW_NUMBER}, which cannot be read together.`,
  );
}

interface Source {
  localPath: string;
  /** `1` for each row that is deleted; shorter than the file, or empty. */
  deleted: string;
}

/**
 * An empty relation of all columns comes first: it gives the types, and adds the columns that no file has. Files
 * have the physical names of columns, what comes out has the logical ones.
 */
function selectFiles(
  sources: readonly Source[],
  fields: readonly StructField[],
  physical: PhysicalName,
): string {
  const stored = fields.map(({ type, ...field }) => {
    const name = physical({ type, ...field });
    return { ...field, name, type: physicalType(type, physical) };
  });
  const types = [...stored.map(nullColumn), `CAST(NULL AS VARCHAR) AS ${FILE}`].join(', ');
  const branches = runsOf(sources).map((run) => `UNION ALL BY NAME ${parquetBranch(run)}`);
  const columns = fields.map(({ name, type }, index) => {
    const { name: storedName, type: storedType } = stored[index]!;
    const cast = `CAST(${quoteIdentifier(storedName)} AS ${sqlType(storedType)})`;
    return `${logicalValue(cast, type, physical)} AS ${quoteIdentifier(name)}`;
  });
  return `(SELECT ${[...columns, FILE].join(', ')} FROM (SELECT ${types} WHERE false ${branches.join(' ')}))`;
}

export function nullColumn({ name, type }: StructField): string {
  return `CAST(NULL AS ${sqlType(type)}) AS ${quoteIdentifier(name)}`;
}

/** Neighbours without deleted rows are read together; a file with deleted rows is read by itself. */
function runsOf(sources: readonly Source[]): Source[][] {
  const runs: Source[][] = [];
  for (const source of sources) {
    const last = runs.at(-1);
    const joins = last !== undefined && source.deleted === '' && last[0]!.deleted === '';
    if (joins) last.push(source);
    else runs.push([source]);
  }
  return runs;
}

/** The bounds in a footer leave NaN out; DuckDB would skip rows by them that it takes for greater than all. */
const OPTIONS = 'union_by_name = true, hive_partitioning = false, can_have_nan = true';

function parquetBranch(run: readonly Source[]): string {
  const { deleted } = run[0]!;
  const paths = run.map(({ localPath }) => quotePath(localPath)).join(', ');
  const named = `${OPTIONS}, filename = ${quoteLiteral(' file')}`;
  if (deleted === '') return `SELECT * FROM read_parquet([${paths}], ${named})`;
  const isLive = `get_bit(${quoteLiteral(deleted)}::BIT, CAST(${ROW_NUMBER} AS INTEGER)) = 0`;
  return (
    `SELECT * EXCLUDE (${ROW_NUMBER}) FROM read_parquet([${paths}], ${named}, ${ROW_NUMBER} = true) ` +
    `WHERE CASE WHEN ${ROW_NUMBER} < ${deleted.length} THEN ${isLive} ELSE true END`
  );
}

function physicalType(type: DataType, physical: PhysicalName): DataType {
  if (typeof type === 'string') return type;
  if (type.type === 'array') return { ...type, elementType: physicalType(type.elementType, physical) };
  if (type.type === 'map') {
    const { keyType, valueType } = type;
    return {
      ...type,
      keyType: physicalType(keyType, physical),
      valueType: physicalType(valueType, physical),
    };
  }
  const fields = type.fields.map((field) => ({
    ...field,
    name: physical(field),
    type: physicalType(field.type, physical),
  }));
  return { ...type, fields };
}

/** The value with the logical names of its fields, however deep they are. */
function logicalValue(value: string, type: DataType, physical: PhysicalName): string {
  if (typeof type === 'string' || !isRenamed(type, physical)) return value;
  const mapped = (inner: string, of: DataType) => logicalValue(inner, of, physical);
  if (type.type === 'array') return `list_transform(${value}, lambda x: ${mapped('x', type.elementType)})`;
  if (type.type === 'map') {
    const entry = `struct_pack(key := ${mapped('x.key', type.keyType)}, value := ${mapped('x.value', type.valueType)})`;
    return `map_from_entries(list_transform(map_entries(${value}), lambda x: ${entry}))`;
  }
  const fields = type.fields.map((field) => {
    const inner = `struct_extract(${value}, ${quoteLiteral(physical(field))})`;
    return `${quoteIdentifier(field.name)} := ${mapped(inner, field.type)}`;
  });
  return `CASE WHEN ${value} IS NULL THEN NULL ELSE struct_pack(${fields.join(', ')}) END`;
}

function isRenamed(type: DataType, physical: PhysicalName): boolean {
  return JSON.stringify(physicalType(type, physical)) !== JSON.stringify(type);
}
