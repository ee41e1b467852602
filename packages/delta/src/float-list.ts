import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { ColumnValue, ColumnValues } from './column-batch.ts';
import { SchemaMismatchError } from './errors.ts';
import type { StructField } from './schema.ts';

/**
 * Copies lists of floats into a chunk in one piece, without an object per number: this is where embeddings pass.
 * `values` is one Float32Array of rows * width, or one Float32Array, array of numbers or null for each row.
 */
export function fillFloatLists(
  chunk: DuckDBDataChunk,
  index: number,
  field: StructField,
  values: ColumnValues,
  rows: { from: number; to: number; of: number },
): void {
  const lists =
    values instanceof Float32Array ? ofOneWidth(values, field, rows) : ofEach(values, field, rows);
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
  const { flat, entries, validity } = lists;
  duckdb.list_vector_reserve(vector, flat.length);
  duckdb.list_vector_set_size(vector, flat.length);
  copy(vector, entries);
  copy(duckdb.list_vector_get_child(vector), flat);
  if (validity === undefined) return;
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(
    vector,
    0,
    validity.buffer as ArrayBuffer,
    validity.byteOffset,
    validity.byteLength,
  );
}

/**
 * One Float32Array when every row has a list of one width, else one Float32Array or null for each row; a list
 * with a null in it is an array of numbers and nulls.
 */
export function readFloatLists(chunk: DuckDBDataChunk, index: number): ColumnValues {
  const rows = chunk.rowCount;
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, index);
  const entries = asBigUint64(duckdb.vector_get_data(vector, rows * 16));
  const lists = { entries, rowValid: validityOf(vector, rows), ...floatsOf(vector) };
  const width = Number(entries[1] ?? 0n);
  if (width > 0 && lists.floatValid === undefined && isOneBlock(lists, width)) {
    const start = Number(entries[0]);
    return lists.floats.slice(start, start + rows * width);
  }
  return Array.from({ length: rows }, (_, row) => listOf(lists, row));
}

interface Lists {
  flat: Float32Array;
  /** Offset and length of each row's list in `flat`, as DuckDB keeps them. */
  entries: BigUint64Array;
  /** One bit a row; absent when no row is null. */
  validity?: BigUint64Array;
}

function ofOneWidth(
  values: Float32Array,
  field: StructField,
  rows: { from: number; to: number; of: number },
): Lists {
  const width = values.length / rows.of;
  if (!Number.isInteger(width)) {
    throw new SchemaMismatchError(
      `The column ${field.name} has ${values.length} floats, no multiple of ${rows.of} rows.`,
    );
  }
  const entries = new BigUint64Array((rows.to - rows.from) * 2);
  for (let row = 0; row < rows.to - rows.from; row++) {
    entries[row * 2] = BigInt(row * width);
    entries[row * 2 + 1] = BigInt(width);
  }
  return { flat: values.subarray(rows.from * width, rows.to * width), entries };
}

function ofEach(values: ColumnValues, field: StructField, rows: { from: number; to: number }): Lists {
  const lists = Array.from({ length: rows.to - rows.from }, (_, index) => {
    const value = (values as readonly ColumnValue[])[rows.from + index];
    if (value === null && field.nullable) return null;
    if (value instanceof Float32Array) return value;
    if (Array.isArray(value) && value.every((item) => typeof item === 'number'))
      return Float32Array.from(value);
    throw new SchemaMismatchError(
      `The column ${field.name} needs a list of floats; row ${rows.from + index} has none.`,
    );
  });
  const flat = new Float32Array(lists.reduce((sum, list) => sum + (list?.length ?? 0), 0));
  const entries = new BigUint64Array(lists.length * 2);
  const validity = new BigUint64Array(Math.ceil(lists.length / 64)).fill(2n ** 64n - 1n);
  let offset = 0;
  for (const [row, list] of lists.entries()) {
    entries[row * 2] = BigInt(offset);
    entries[row * 2 + 1] = BigInt(list?.length ?? 0);
    if (list === null) validity[row >> 6]! &= ~(1n << BigInt(row & 63));
    else flat.set(list, offset);
    offset += list?.length ?? 0;
  }
  return lists.includes(null) ? { flat, entries, validity } : { flat, entries };
}

function copy(vector: duckdb.Vector, data: Float32Array | BigUint64Array): void {
  if (data.length === 0) return;
  duckdb.copy_data_to_vector(vector, 0, data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}

interface RawLists {
  entries: BigUint64Array;
  rowValid: BigUint64Array | undefined;
  floats: Float32Array;
  floatValid: BigUint64Array | undefined;
}

function floatsOf(vector: duckdb.Vector): { floats: Float32Array; floatValid: BigUint64Array | undefined } {
  const size = duckdb.list_vector_get_size(vector);
  if (size === 0) return { floats: new Float32Array(0), floatValid: undefined };
  const child = duckdb.list_vector_get_child(vector);
  const data = duckdb.vector_get_data(child, size * 4);
  const validity = validityOf(child, size);
  const hasNull = validity !== undefined && !allSet(validity, size);
  return {
    floats: new Float32Array(data.buffer, data.byteOffset, size),
    floatValid: hasNull ? validity : undefined,
  };
}

function validityOf(vector: duckdb.Vector, items: number): BigUint64Array | undefined {
  const bytes = duckdb.vector_get_validity(vector, Math.ceil(items / 64) * 8) as Uint8Array | null;
  return bytes ? asBigUint64(bytes) : undefined;
}

function asBigUint64(bytes: Uint8Array): BigUint64Array {
  return new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
}

function allSet(validity: BigUint64Array, items: number): boolean {
  for (let item = 0; item < items; item++) if (!isSet(validity, item)) return false;
  return true;
}

function isSet(validity: BigUint64Array | undefined, item: number): boolean {
  return validity === undefined || (validity[item >> 6]! & (1n << BigInt(item & 63))) !== 0n;
}

function isOneBlock({ entries, rowValid }: RawLists, width: number): boolean {
  const start = Number(entries[0]);
  for (let row = 0; row < entries.length / 2; row++) {
    if (!isSet(rowValid, row) || Number(entries[row * 2 + 1]) !== width) return false;
    if (Number(entries[row * 2]) !== start + row * width) return false;
  }
  return true;
}

function listOf(lists: RawLists, row: number): Float32Array | (number | null)[] | null {
  if (!isSet(lists.rowValid, row)) return null;
  const offset = Number(lists.entries[row * 2]);
  const list = lists.floats.slice(offset, offset + Number(lists.entries[row * 2 + 1]));
  const { floatValid } = lists;
  if (floatValid === undefined) return list;
  return Array.from(list, (value, item) => (isSet(floatValid, offset + item) ? value : null));
}
