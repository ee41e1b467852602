/** Spark's types, in the form of its own JSON schemas, which Delta tables use as well. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { ProtocolError } from './errors.ts';
import type { DataTypeSchema, DataType as Message } from './protocol/spark_connect_pb.ts';

/**
 * A primitive's name (`long`, `decimal(10,2)`, `timestamp_ntz`, ...) or a nested type. All names: `boolean byte short
 * integer long float double decimal(p,s) string char(n) varchar(n) binary date time(p) timestamp timestamp_ntz interval
 * void variant`, and intervals with their fields, such as `interval day to second`.
 */
export type DataType = string | ArrayType | MapType | StructType;

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

export interface StructType {
  type: 'struct';
  fields: StructField[];
}

export interface StructField {
  name: string;
  type: DataType;
  nullable: boolean;
  metadata: Record<string, unknown>;
}

/** Throws ProtocolError for a type that this package does not know. */
export function fromMessage({ kind }: Message): DataType {
  switch (kind.case) {
    case 'array':
      return {
        type: 'array',
        elementType: fromMessage(present(kind.value.elementType)),
        containsNull: kind.value.containsNull,
      };
    case 'map':
      return {
        type: 'map',
        keyType: fromMessage(present(kind.value.keyType)),
        valueType: fromMessage(present(kind.value.valueType)),
        valueContainsNull: kind.value.valueContainsNull,
      };
    case 'struct':
      return {
        type: 'struct',
        fields: kind.value.fields.map(({ name, dataType, nullable, metadata }) => ({
          name,
          type: fromMessage(present(dataType)),
          nullable,
          metadata: metadata === undefined ? {} : JSON.parse(metadata),
        })),
      };
    case undefined:
      throw new ProtocolError('The server sent a column of a type that this client does not know.');
    default:
      return primitiveName(kind);
  }
}

type Kind = Message['kind'];
type Primitive = Exclude<Kind, { case: 'array' | 'map' | 'struct' | undefined }>;

const NAMES: Partial<Record<Primitive['case'], string>> = {
  null: 'void',
  timestampNtz: 'timestamp_ntz',
  calendarInterval: 'interval',
};
const YEAR_MONTH = ['year', 'month'];
const DAY_TIME = ['day', 'hour', 'minute', 'second'];

function primitiveName(kind: Primitive): string {
  switch (kind.case) {
    case 'decimal':
      return `decimal(${kind.value.precision ?? 10},${kind.value.scale ?? 0})`;
    case 'char':
      return `char(${kind.value.length})`;
    case 'varChar':
      return `varchar(${kind.value.length})`;
    case 'time':
      return `time(${kind.value.precision ?? 6})`;
    case 'yearMonthInterval':
      return interval(YEAR_MONTH, kind.value.startField, kind.value.endField);
    case 'dayTimeInterval':
      return interval(DAY_TIME, kind.value.startField, kind.value.endField);
    default:
      return NAMES[kind.case] ?? kind.case;
  }
}

function interval(fields: string[], start = 0, end = fields.length - 1): string {
  return start === end ? `interval ${fields[start]}` : `interval ${fields[start]} to ${fields[end]}`;
}

function present(type: Message | undefined): Message {
  if (type === undefined) throw new ProtocolError('The server sent a nested type without its parts.');
  return type;
}

type Shape = MessageInitShape<typeof DataTypeSchema>;

/** The type of a literal. Throws RangeError for one that cannot be sent as a literal. */
export function toMessage(type: DataType): Shape {
  if (typeof type === 'string') return { kind: primitiveKind(type) };
  if (type.type === 'array') {
    const { elementType, containsNull } = type;
    return { kind: { case: 'array', value: { elementType: toMessage(elementType), containsNull } } };
  }
  if (type.type === 'map') {
    const { keyType, valueType, valueContainsNull } = type;
    const value = { keyType: toMessage(keyType), valueType: toMessage(valueType), valueContainsNull };
    return { kind: { case: 'map', value } };
  }
  const fields = type.fields.map(({ name, type, nullable }) => ({
    name,
    dataType: toMessage(type),
    nullable,
  }));
  return { kind: { case: 'struct', value: { fields } } };
}

const SENT = {
  void: 'null',
  boolean: 'boolean',
  byte: 'byte',
  short: 'short',
  integer: 'integer',
  long: 'long',
  float: 'float',
  double: 'double',
  string: 'string',
  binary: 'binary',
  date: 'date',
  timestamp: 'timestamp',
  timestamp_ntz: 'timestampNtz',
} as const;

function primitiveKind(name: string): NonNullable<Shape['kind']> {
  const decimal = decimalOf(name);
  if (decimal !== undefined) return { case: 'decimal', value: decimal };
  if (!Object.hasOwn(SENT, name)) throw new RangeError(`A parameter cannot be of the type ${name}.`);
  return { case: SENT[name as keyof typeof SENT], value: {} };
}

/** Precision and scale of `decimal(p,s)`. */
export function decimalOf(name: string): { precision: number; scale: number } | undefined {
  const match = /^decimal\((\d{1,2}), ?(\d{1,2})\)$/.exec(name);
  return match === null ? undefined : { precision: Number(match[1]), scale: Number(match[2]) };
}
