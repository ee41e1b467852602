/** The schema of a table, word for word the JSON of the Delta protocol ("Schema Serialization Format"). */
import { canonicalJson } from './canonical-json.ts';
import { CorruptLogError, SchemaMismatchError } from './errors.ts';

export type PrimitiveType =
  | 'string'
  | 'long'
  | 'integer'
  | 'short'
  | 'byte'
  | 'float'
  | 'double'
  | 'boolean'
  | 'binary'
  | 'date'
  | 'timestamp'
  | 'timestamp_ntz'
  /** Nothing but null; never in a data file. Read, not written. */
  | 'void'
  | `decimal(${number},${number})`;

export interface ArrayType {
  type: 'array';
  elementType: DataType;
  containsNull: boolean;
}

export interface MapType {
  type: 'map';
  keyType: DataType;
  valueType: DataType;
  valueContainsNull: boolean;
}

export interface StructField {
  name: string;
  type: DataType;
  nullable: boolean;
  metadata: Record<string, unknown>;
}

export interface StructType {
  type: 'struct';
  fields: StructField[];
}

export type DataType = PrimitiveType | ArrayType | StructType | MapType;

export function field(name: string, type: DataType, nullable = true): StructField {
  return { name, type, nullable, metadata: {} };
}

export function struct(fields: StructField[]): StructType {
  return { type: 'struct', fields };
}

/** An array without null elements. */
export function array(elementType: DataType): ArrayType {
  return { type: 'array', elementType, containsNull: false };
}

/** The schema of a `schemaString`. Throws CorruptLogError when it is none. */
export function parseSchema(schemaString: string): StructType {
  let schema: unknown;
  try {
    schema = JSON.parse(schemaString);
  } catch (error) {
    throw new CorruptLogError('The schemaString of the table is not JSON.', { cause: error });
  }
  const parsed = schema as Partial<StructType> | null;
  if (parsed?.type !== 'struct' || !Array.isArray(parsed.fields)) {
    throw new CorruptLogError('The schemaString of the table is not a struct.');
  }
  return parsed as StructType;
}

/** Whether two schemas mean the same: same fields in the same order, types, nullability and metadata. */
export function sameSchema(a: DataType, b: DataType): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** Whether a column, or something nested in one, is of this type. */
export function usesType(type: DataType, wanted: PrimitiveType): boolean {
  if (typeof type === 'string') return type === wanted;
  if (type.type === 'array') return usesType(type.elementType, wanted);
  if (type.type === 'map') return usesType(type.keyType, wanted) || usesType(type.valueType, wanted);
  return type.fields.some((field) => usesType(field.type, wanted));
}

/**
 * Throws SchemaMismatchError unless this is a schema that a table can be made with: known types, distinct
 * names (Spark compares them without case) without the characters that Parquet refuses, partition columns
 * that are scalars of the schema, and at least one column besides them.
 */
export function checkSchema(schema: StructType, partitionColumns: readonly string[]): void {
  checkStruct(schema, '');
  for (const column of partitionColumns) {
    const found = schema.fields.find((candidate) => candidate.name === column);
    if (found === undefined)
      throw new SchemaMismatchError(`The partition column ${column} is not in the schema.`);
    if (typeof found.type !== 'string' || found.type === 'binary') {
      throw new SchemaMismatchError(`The partition column ${column} must have a scalar type.`);
    }
  }
  if (new Set(partitionColumns).size !== partitionColumns.length) {
    throw new SchemaMismatchError('A partition column is named twice.');
  }
  if (schema.fields.length <= partitionColumns.length) {
    throw new SchemaMismatchError('A table needs at least one column that is not a partition column.');
  }
}

const PRIMITIVES =
  'string long integer short byte float double boolean binary date timestamp timestamp_ntz'.split(' ');

function checkStruct(schema: StructType, prefix: string): void {
  const seen = new Set<string>();
  for (const { name, type } of schema.fields) {
    const path = `${prefix}${name}`;
    if (name === '' || /[ ,;{}()\n\t=]/.test(name) || !name.isWellFormed()) {
      throw new SchemaMismatchError(
        `${JSON.stringify(path)} is no column name: it is empty or has one of " ,;{}()=".`,
      );
    }
    if (seen.has(name.toLowerCase())) throw new SchemaMismatchError(`The column ${path} is there twice.`);
    seen.add(name.toLowerCase());
    checkType(type, path);
  }
}

function checkType(type: DataType, path: string): void {
  if (typeof type === 'string') {
    if (!PRIMITIVES.includes(type) && decimalOf(type) === undefined) {
      throw new SchemaMismatchError(`The column ${path} has the unknown type ${type}.`);
    }
  } else if (type.type === 'array') checkType(type.elementType, `${path}.element`);
  else if (type.type === 'map') {
    checkType(type.keyType, `${path}.key`);
    checkType(type.valueType, `${path}.value`);
  } else checkStruct(type, `${path}.`);
}

/** Digits and scale of a decimal type, undefined for every other type. */
export function decimalOf(type: DataType): { precision: number; scale: number } | undefined {
  const match = typeof type === 'string' ? /^decimal\((\d+), ?(\d+)\)$/.exec(type) : null;
  if (match === null) return undefined;
  const [precision, scale] = [Number(match[1]), Number(match[2])];
  return precision >= 1 && precision <= 38 && scale <= precision ? { precision, scale } : undefined;
}
