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
import { SchemaMismatchError } from './errors.ts';
import { fillFloatLists } from './float-list.ts';
import { type DataType, decimalOf, type StructField } from './schema.ts';

/**
 * Copies rows [from, to) of a column into a column of the chunk. Throws SchemaMismatchError for a value that is
 * not of the field's type, or null where the field is not nullable; numbers are never rounded or cut.
 */
export function fillColumn(
  chunk: DuckDBDataChunk,
  index: number,
  field: StructField,
  values: ColumnValues,
  rows: { from: number; to: number; of: number },
): void {
  if (isFloatList(field.type) && (values instanceof Float32Array || !containsNull(field.type))) {
    fillFloatLists(chunk, index, field, values, rows);
    return;
  }
  const vector = chunk.getColumnVector(index);
  for (let row = rows.from; row < rows.to; row++) {
    const value = values[row] as ColumnValue | undefined;
    if (value === null && !field.nullable) {
      throw new SchemaMismatchError(`The column ${field.name} is not nullable, but row ${row} is null.`);
    }
    vector.setItem(row - rows.from, toDuckDB(value as ColumnValue, field.type, field.name));
  }
  vector.flush();
}

export function isFloatList(type: DataType): boolean {
  return typeof type === 'object' && type.type === 'array' && type.elementType === 'float';
}

function containsNull(type: DataType): boolean {
  return typeof type === 'object' && type.type === 'array' && type.containsNull;
}

function toDuckDB(value: ColumnValue, type: DataType, where: string): DuckDBValue {
  if (value === null) return null;
  const converted = typeof type === 'string' ? scalar(value, type) : nested(value, type, where);
  if (converted === undefined) {
    const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value);
    const wanted = typeof type === 'string' ? type : type.type;
    throw new SchemaMismatchError(
      `The column ${where} is of type ${wanted} and cannot hold ${shown} (${typeof value}).`,
    );
  }
  return converted;
}

function scalar(value: ColumnValue, type: string): DuckDBValue | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'float':
    case 'double':
      return typeof value === 'number' ? value : undefined;
    case 'byte':
      return integer(value, 8);
    case 'short':
      return integer(value, 16);
    case 'integer':
      return integer(value, 32);
    case 'long':
      return long(value);
    case 'date': {
      const days = integer(value, 32);
      return days === undefined ? undefined : new DuckDBDateValue(days);
    }
    case 'timestamp': {
      const micros = long(value);
      return micros === undefined ? undefined : new DuckDBTimestampTZValue(micros);
    }
    case 'timestamp_ntz': {
      const micros = long(value);
      return micros === undefined ? undefined : new DuckDBTimestampValue(micros);
    }
    case 'binary':
      return value instanceof Uint8Array ? new DuckDBBlobValue(value) : undefined;
    default:
      return decimal(value, type as DataType);
  }
}

function integer(value: ColumnValue, bits: number): number | undefined {
  const limit = 2 ** (bits - 1);
  return typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit
    ? value
    : undefined;
}

function long(value: ColumnValue): bigint | undefined {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? value : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined;
}

/** "12.5" in decimal(10,2) is 1250 hundredths; more digits than the type has are refused, never rounded. */
function decimal(value: ColumnValue, type: DataType): DuckDBDecimalValue | undefined {
  const size = decimalOf(type);
  const match = typeof value === 'string' ? /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(value) : null;
  if (size === undefined || match === null) return undefined;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > size.scale) return undefined;
  const digits = BigInt(`${match[2]}${fraction.padEnd(size.scale, '0')}`);
  if (digits >= 10n ** BigInt(size.precision)) return undefined;
  return new DuckDBDecimalValue(match[1] === '-' ? -digits : digits, size.precision, size.scale);
}

function nested(value: ColumnValue, type: Exclude<DataType, string>, where: string): DuckDBValue | undefined {
  if (type.type === 'struct') {
    if (typeof value !== 'object' || Array.isArray(value)) return undefined;
    const entries = value as Record<string, ColumnValue | undefined>;
    const converted = type.fields.map((field): [string, DuckDBValue] => [
      field.name,
      element(entries[field.name] ?? null, field.type, field.nullable, `${where}.${field.name}`),
    ]);
    return new DuckDBStructValue(Object.fromEntries(converted));
  }
  if (!Array.isArray(value) && !(value instanceof Float32Array)) return undefined;
  if (type.type === 'array') {
    const items = Array.from(value as ColumnValue[]).map((item) =>
      element(item, type.elementType, type.containsNull, `${where}.element`),
    );
    return new DuckDBListValue(items);
  }
  const entries = (value as [ColumnValue, ColumnValue][]).map(([key, item]) => ({
    key: element(key, type.keyType, false, `${where}.key`),
    value: element(item, type.valueType, type.valueContainsNull, `${where}.value`),
  }));
  return new DuckDBMapValue(entries);
}

function element(value: ColumnValue, type: DataType, nullable: boolean, where: string): DuckDBValue {
  if (value === null && !nullable)
    throw new SchemaMismatchError(`${where} is not nullable, but a value is null.`);
  return toDuckDB(value, type, where);
}
