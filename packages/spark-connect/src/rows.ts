/** Arrow batches as plain rows, without loss: what does not fit into a number is a bigint or a string. */
import type { Data, DataType, RecordBatch } from 'apache-arrow';
import { ProtocolError } from './errors.ts';

/**
 * | Spark | here |
 * | --- | --- |
 * | boolean, string, char, varchar | boolean, string |
 * | byte, short, integer, float, double | number |
 * | long | bigint |
 * | decimal | string, with all digits of its scale |
 * | binary | Uint8Array |
 * | date | number: days since 1970-01-01 |
 * | timestamp, timestamp_ntz | bigint: microseconds since 1970-01-01 (in UTC; as written on the clock) |
 * | time | bigint: nanoseconds since midnight |
 * | interval day to second, year to month | bigint: microseconds; number: months |
 * | array, map, struct | array, array of [key, value], object |
 * | void | null |
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Value[]
  | { [field: string]: Value };

export type Row = Record<string, Value>;

/** The rows of a batch, one at a time. Of columns with the same name the last one is kept. */
export function* readRows(batch: RecordBatch): Generator<Row, void, void> {
  const columns = batch.schema.fields.map(({ name }, i) => [name, reader(batch.data.children[i]!)] as const);
  for (let row = 0; row < batch.numRows; row++) {
    yield Object.fromEntries(columns.map(([name, read]) => [name, read(row)]));
  }
}

type Read = (row: number) => Value;

function reader(data: Data): Read {
  const read = valueReader(data);
  return data.nullCount === 0 ? read : (row) => (data.getValid(row) ? read(row) : null);
}

/** Numbers of Arrow's `Type`, which only its module has at run time. */
const ARROW = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
} as const;

function valueReader(data: Data): Read {
  switch (data.type.typeId as number) {
    case ARROW.null:
      return () => null;
    case ARROW.bool:
      return booleans(data);
    case ARROW.int:
    case ARROW.float:
    case ARROW.time:
    case ARROW.timestamp:
    case ARROW.date:
    case ARROW.interval:
    case ARROW.duration:
      return numbers(data);
    case ARROW.decimal:
      return decimals(data);
    case ARROW.utf8:
    case ARROW.largeUtf8:
      return strings(data);
    case ARROW.binary:
    case ARROW.largeBinary:
      return (row) => bytes(data, row).slice();
    case ARROW.list:
      return lists(data);
    case ARROW.map:
      return maps(data);
    case ARROW.struct:
      return structs(data);
    default:
      throw new ProtocolError(`Rows cannot hold Arrow's type ${data.type}: read batches() instead.`);
  }
}

/** The stored number itself: Arrow's own getters would cut microseconds to milliseconds. */
function numbers({ values }: Data): Read {
  return (row) => values[row] as number | bigint;
}

function booleans({ values, offset }: Data): Read {
  return (row) => ((values[(offset + row) >> 3]! >> ((offset + row) & 7)) & 1) === 1;
}

function strings(data: Data): Read {
  const decoder = new TextDecoder();
  return (row) => decoder.decode(bytes(data, row));
}

function bytes({ values, valueOffsets }: Data, row: number): Uint8Array {
  return values.subarray(Number(valueOffsets[row]), Number(valueOffsets[row + 1]));
}

/** 128 bits in two's complement, little end first. */
function decimals(data: Data): Read {
  const { scale } = data.type as DataType & { scale: number };
  const { buffer, byteOffset } = data.values as Uint32Array;
  const view = new DataView(buffer, byteOffset);
  return (row) => {
    const low = view.getBigUint64(row * 16, true);
    const high = view.getBigInt64(row * 16 + 8, true);
    return decimalText((high << 64n) | low, scale);
  };
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString();
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return `${negative ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function lists({ children, valueOffsets }: Data): Read {
  const read = reader(children[0]!);
  return (row) => range(valueOffsets[row]!, valueOffsets[row + 1]!, read);
}

function maps({ children, valueOffsets }: Data): Read {
  const [key, value] = children[0]!.children.map(reader) as [Read, Read];
  return (row) => range(valueOffsets[row]!, valueOffsets[row + 1]!, (at) => [key(at), value(at)]);
}

function range(from: number, to: number, read: Read): Value[] {
  return Array.from({ length: to - from }, (_, i) => read(from + i));
}

function structs(data: Data): Read {
  const fields = (data.type as DataType & { children: { name: string }[] }).children.map(
    ({ name }, i) => [name, reader(data.children[i]!)] as const,
  );
  return (row) => Object.fromEntries(fields.map(([name, read]) => [name, read(row)]));
}
