import type { ColumnValue } from './column-batch.ts';
import { sqlType } from './duckdb-type.ts';
import { SchemaMismatchError, UnsupportedFeatureError } from './errors.ts';
import { type DataType, decimalOf, type StructField } from './schema.ts';
import { quoteLiteral } from './sql.ts';

/**
 * The SQL expression of a value from `partitionValues` in the type of its column ("Partition Value
 * Serialization"). A timestamp without a zone is in UTC, whatever the session's zone is.
 */
export function partitionLiteral(value: string | null, type: DataType): string {
  if (type === 'binary')
    throw new UnsupportedFeatureError('Partition columns of type binary are not supported.');
  if (value === null || value === '') return `CAST(NULL AS ${sqlType(type)})`;
  const zoned = type === 'timestamp' && !/(?:Z|[+-]\d\d(?::?\d\d)?)$/i.test(value) ? `${value}+00` : value;
  return `CAST(${quoteLiteral(zoned)} AS ${sqlType(type)})`;
}

/**
 * The SQL expression of a value in the form that a batch has it, for a column of a scalar type. Throws
 * SchemaMismatchError for a value that the column cannot hold.
 */
export function valueLiteral(value: ColumnValue, { name, type }: StructField): string {
  const text = textOf(value, type);
  if (text !== undefined) return text;
  const [shown, wanted] = [String(value).slice(0, 40), typeof type === 'string' ? type : type.type];
  throw new SchemaMismatchError(
    `The column ${name} is of type ${wanted}: it cannot be compared with ${shown} (${typeof value}).`,
  );
}

function textOf(value: ColumnValue, type: DataType): string | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? quoteLiteral(value) : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : undefined;
    case 'float':
    case 'double':
      return typeof value === 'number' ? `CAST('${value}' AS ${sqlType(type)})` : undefined;
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return isInteger(value) ? `CAST('${value}' AS BIGINT)` : undefined;
    case 'date':
      return isInteger(value) ? `(DATE '1970-01-01' + CAST('${value}' AS INTEGER))` : undefined;
    case 'timestamp':
      return isInteger(value) ? `make_timestamptz(CAST('${value}' AS BIGINT))` : undefined;
    case 'timestamp_ntz':
      return isInteger(value) ? `make_timestamp(CAST('${value}' AS BIGINT))` : undefined;
    default:
      return decimalOf(type) && typeof value === 'string' ? decimalText(value) : undefined;
  }
}

/** With all its digits: a value that was rounded to the column's scale would be equal to another one. */
function decimalText(value: string): string | undefined {
  const match = /^[+-]?\d+(?:\.(\d+))?$/.exec(value);
  return match === null ? undefined : `CAST('${value}' AS DECIMAL(38, ${match[1]?.length ?? 0}))`;
}

function isInteger(value: ColumnValue): value is bigint | number {
  return typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value);
}
