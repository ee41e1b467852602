import { sqlType } from './duckdb-type.ts';
import type { DataType } from './schema.ts';
import { quoteLiteral } from './sql.ts';

/**
 * The SQL expression of a value from `partitionValues` in the type of its column ("Partition Value
 * Serialization"). A timestamp without a zone is in UTC, whatever the session's zone is.
 */
export function partitionLiteral(value: string | null, type: DataType): string {
  if (value === null || value === '') return `CAST(NULL AS ${sqlType(type)})`;
  const zoned = type === 'timestamp' && !/(?:Z|[+-]\d\d(?::?\d\d)?)$/i.test(value) ? `${value}+00` : value;
  return `CAST(${quoteLiteral(zoned)} AS ${sqlType(type)})`;
}
