import {
  DuckDBBlobValue,
  type DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { ColumnValue, ColumnValues } from './column-batch.ts';
import { readFloatLists } from './float-list.ts';
import type { DataType } from './schema.ts';
import { isFloatList } from './to-vector.ts';

/** The values of one column of a chunk, in the forms that ColumnBatch promises. Nothing points into the chunk. */
export function readColumn(chunk: DuckDBDataChunk, index: number, type: DataType): ColumnValues {
  if (isFloatList(type)) return readFloatLists(chunk, index);
  const vector = chunk.getColumnVector(index);
  return Array.from({ length: chunk.rowCount }, (_, row) => fromDuckDB(vector.getItem(row)));
}

/** One column of several chunks. Float lists stay one Float32Array as long as all have one width. */
export function joinColumns(parts: readonly { rows: number; values: ColumnValues }[]): ColumnValues {
  if (parts.length === 1) return parts[0]!.values;
  const widths = new Set(
    parts.map(({ rows, values }) => (values instanceof Float32Array ? values.length / rows : 0)),
  );
  if (widths.size === 1 && !widths.has(0))
    return joinFloats(parts.map(({ values }) => values as Float32Array));
  return parts.flatMap(({ rows, values }) =>
    values instanceof Float32Array ? split(values, rows) : [...values],
  );
}

function joinFloats(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

function split(values: Float32Array, rows: number): Float32Array[] {
  const width = values.length / rows;
  return Array.from({ length: rows }, (_, row) => values.slice(row * width, (row + 1) * width));
}

function fromDuckDB(value: DuckDBValue): ColumnValue {
  if (value === null || typeof value !== 'object') return value as ColumnValue;
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue) return value.micros;
  if (value instanceof DuckDBDateValue) return value.days;
  if (value instanceof DuckDBDecimalValue) return value.toString();
  if (value instanceof DuckDBBlobValue) return new Uint8Array(value.bytes);
  if (value instanceof DuckDBListValue) return value.items.map(fromDuckDB);
  if (value instanceof DuckDBMapValue) {
    return value.entries.map(({ key, value: item }) => [fromDuckDB(key), fromDuckDB(item)]);
  }
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, item]) => [name, fromDuckDB(item)]));
  }
  throw new TypeError(`A value of DuckDB's ${value.constructor.name} was not expected.`);
}
