/** Values as plain JSON, the same as plain.py makes of those of Spark and deltalake. */
import assert from 'node:assert/strict';
import {
  type ColumnBatch,
  type DataType,
  type ScanOptions,
  type Snapshot,
  type StructField,
  scan,
} from '../src/index.ts';

export type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };
export type Row = Record<string, Plain>;

/** What `scan` reads: every value of every row. */
export async function rowsOf(snapshot: Snapshot, options: ScanOptions = {}): Promise<Row[]> {
  const { fields } = snapshot.metadata.schema;
  const wanted = options.columns?.map((name) => fields.find((field) => field.name === name)!) ?? fields;
  const rows: Row[] = [];
  for await (const batch of scan(snapshot, options)) {
    for (const row of plainRows(batch, wanted)) rows.push(row);
  }
  return rows;
}

/** The rows of a batch, with the columns of `fields`. */
export function plainRows({ rows, columns }: ColumnBatch, fields: readonly StructField[]): Row[] {
  return Array.from({ length: rows }, (_, row) => {
    const values = fields.map(({ name, type }): [string, Plain] => {
      const column = columns[name]!;
      const width = column.length / rows; // above 1 only where a Float32Array holds lists
      const packed = column instanceof Float32Array && typeof type === 'object';
      return [name, plain(packed ? column.slice(row * width, (row + 1) * width) : column[row], type)];
    });
    return Object.fromEntries(values);
  });
}

function plain(value: unknown, type: DataType): Plain {
  if (value === null || value === undefined) return null;
  if (typeof type === 'string') return scalar(value, type);
  if (type.type === 'struct') {
    const entries = value as Record<string, unknown>;
    return Object.fromEntries(
      type.fields.map((field) => [field.name, plain(entries[field.name], field.type)]),
    );
  }
  if (type.type === 'array') return Array.from(value as unknown[], (item) => plain(item, type.elementType));
  const pairs = (value as [unknown, unknown][]).map(([key, item]): Plain[] => [
    plain(key, type.keyType),
    plain(item, type.valueType),
  ]);
  return pairs.sort((a, b) => (JSON.stringify(a[0]) < JSON.stringify(b[0]) ? -1 : 1));
}

function scalar(value: unknown, type: string): Plain {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString('hex') };
  if (type === 'timestamp' || type === 'timestamp_ntz') return { micros: String(value) };
  if (type === 'date') return { days: value as number };
  if (['long', 'integer', 'short', 'byte'].includes(type)) return { int: String(value) };
  if (type.startsWith('decimal')) return { decimal: value as string };
  if (typeof value === 'number' && !Number.isFinite(value)) return { float: String(value) };
  return value as Plain;
}

/** Fails unless both have the same rows, in whatever order; names the first rows that differ. */
export function assertSameRows(actual: readonly Row[], expected: readonly Row[]): void {
  const [left, right] = [sorted(actual), sorted(expected)];
  const differs = left.findIndex(([key], index) => key !== right[index]?.[0]);
  if (differs >= 0) assert.deepEqual(left[differs]![1], right[differs]?.[1] ?? 'no row');
  assert.equal(left.length, right.length);
  for (const [index, [, row]] of left.entries()) assert.deepEqual(row, right[index]![1]);
}

function sorted(rows: readonly Row[]): [key: string, row: Row][] {
  const keyed = rows.map((row): [string, Row] => [
    JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))),
    row,
  ]);
  return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
