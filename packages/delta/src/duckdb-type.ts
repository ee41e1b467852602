import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  type DuckDBType,
  FLOAT,
  INTEGER,
  LIST,
  MAP,
  SMALLINT,
  STRUCT,
  TIMESTAMP,
  TIMESTAMPTZ,
  TINYINT,
  VARCHAR,
} from '@duckdb/node-api';
import { UnsupportedFeatureError } from './errors.ts';
import { type DataType, decimalOf, type PrimitiveType } from './schema.ts';
import { quoteIdentifier } from './sql.ts';

/** The DuckDB type that holds a Delta type; written to Parquet it is what the protocol asks for. */
export function duckdbType(type: DataType): DuckDBType {
  if (typeof type === 'string') return scalarType(type);
  if (type.type === 'array') return LIST(duckdbType(type.elementType));
  if (type.type === 'map') return MAP(duckdbType(type.keyType), duckdbType(type.valueType));
  return STRUCT(Object.fromEntries(type.fields.map((field) => [field.name, duckdbType(field.type)])));
}

/** The same type in DuckDB's SQL. */
export function sqlType(type: DataType): string {
  if (typeof type === 'string') return scalarType(type).toString();
  if (type.type === 'array') return `${sqlType(type.elementType)}[]`;
  if (type.type === 'map') return `MAP(${sqlType(type.keyType)}, ${sqlType(type.valueType)})`;
  return `STRUCT(${type.fields.map((field) => `${quoteIdentifier(field.name)} ${sqlType(field.type)}`).join(', ')})`;
}

const SCALARS: Partial<Record<PrimitiveType, DuckDBType>> = {
  string: VARCHAR,
  long: BIGINT,
  integer: INTEGER,
  short: SMALLINT,
  byte: TINYINT,
  float: FLOAT,
  double: DOUBLE,
  boolean: BOOLEAN,
  binary: BLOB,
  date: DATE,
  timestamp: TIMESTAMPTZ,
  timestamp_ntz: TIMESTAMP,
  void: INTEGER,
};

function scalarType(type: PrimitiveType): DuckDBType {
  const decimal = decimalOf(type);
  const found = decimal === undefined ? SCALARS[type] : DECIMAL(decimal.precision, decimal.scale);
  if (found === undefined) throw new UnsupportedFeatureError(`The type ${type} is not supported.`);
  return found;
}
