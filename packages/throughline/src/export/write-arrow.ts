/** Rows as an Arrow IPC file (https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format), which pandas calls feather. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { quoteIdentifier } from '@throughline/delta';
import {
  Bool,
  type Data,
  DataType,
  Field,
  Float32,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import type { Session } from '../engine/local/session.ts';
import type { ExportedColumn, ExportedRows } from './exported-rows.ts';

const TYPES: Record<ExportedColumn['type'], () => DataType> = {
  VARCHAR: () => new Utf8(),
  BIGINT: () => new Int64(),
  INTEGER: () => new Int32(),
  DOUBLE: () => new Float64(),
  FLOAT: () => new Float32(),
  BOOLEAN: () => new Bool(),
  'TIMESTAMP WITH TIME ZONE': () => new TimestampMicrosecond('UTC'),
  'FLOAT[]': () => new List(new Field('element', new Float32())),
  'VARCHAR[]': () => new List(new Field('element', new Utf8())),
};

/** Gives the number of rows. Memory: a batch of 2,048 rows, and where each batch stands in the file. */
export async function writeArrow(
  session: Session,
  { sql, columns }: ExportedRows,
  path: string,
): Promise<number> {
  const schema = new Schema(columns.map(({ name, type }) => new Field(name, TYPES[type](), true)));
  const asNumbers = columns.map(({ name, type }) =>
    type === 'TIMESTAMP WITH TIME ZONE' ? `epoch_us(${quoteIdentifier(name)})` : quoteIdentifier(name),
  );
  let rows = 0;
  async function* batches(): AsyncGenerator<RecordBatch> {
    for await (const part of session.stream(`SELECT ${asNumbers.join(', ')} FROM (${sql})`)) {
      rows += part.length;
      yield batchOf(schema, part);
    }
    // A file without a batch has no schema either.
    if (rows === 0) yield batchOf(schema, []);
  }
  const writer = new RecordBatchFileWriter();
  const written = pipeline(Readable.from(writer), createWriteStream(path));
  await Promise.all([written, writer.writeAll(batches()).then(() => writer.finish())]);
  return rows;
}

function batchOf(schema: Schema, rows: readonly unknown[][]): RecordBatch {
  const children = schema.fields.map(({ type }, i) => {
    const values = rows.map((row) => plain(row[i]));
    return DataType.isTimestamp(type)
      ? timesOf(type, values)
      : (vectorFromArray(values, type).data[0] ?? makeData({ type }));
  });
  const type = new Struct(schema.fields);
  return new RecordBatch(schema, makeData({ type, length: rows.length, nullCount: 0, children }));
}

/** The builder of timestamps takes milliseconds, and would round these: microseconds since 1970 UTC. */
function timesOf(type: DataType, values: readonly unknown[]): Data {
  const data = new BigInt64Array(values.length);
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 8));
  let nullCount = 0;
  for (const [i, value] of values.entries()) {
    if (value === null) nullCount++;
    else {
      data[i] = value as bigint;
      nullBitmap[i >> 3]! |= 1 << (i & 7);
    }
  }
  return makeData({ type: type as TimestampMicrosecond, length: values.length, nullCount, data, nullBitmap });
}

/** DuckDB's lists are objects with items. */
function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'items' in value ? value.items : value;
}
