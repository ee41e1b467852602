/** Values of named parameters: data for Spark, never text of the statement. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { type DataType, decimalOf, toMessage } from './data-type.ts';
import type { Expression_LiteralSchema } from './protocol/spark_connect_pb.ts';

/** A value with its type, made by `literal`. */
export class Literal {
  readonly type: DataType;
  readonly value: unknown;
  constructor(type: DataType, value: unknown) {
    this.type = type;
    this.value = value;
  }
}

/**
 * A parameter of exactly this type. `value` has the form in which `rows()` gives that type; also a Date for `date`,
 * `timestamp` and `timestamp_ntz`, a number for `long` if it is a safe integer, a Map for maps, and null for any.
 * Throws RangeError or TypeError where the value is not one of the type.
 */
export function literal(type: DataType, value: unknown): Literal {
  toLiteral(new Literal(type, value)); // it fails where it is written
  return new Literal(type, value);
}

/**
 * What a parameter can be without being told its type: null, a boolean, a string, bytes; a number (`integer` or `long`
 * if it is a safe integer, else `double`); a bigint (`long`); a Date (`timestamp`).
 */
export type Parameter = null | boolean | string | number | bigint | Uint8Array | Date | Literal;

export type LiteralShape = MessageInitShape<typeof Expression_LiteralSchema>;

/** The parameter's message; throws as `literal` does. */
export function toLiteral(parameter: Parameter): LiteralShape {
  const { type, value } = typed(parameter);
  return encode(type, value);
}

/** The parameter with its type. */
export function typed(parameter: Parameter): Literal {
  return parameter instanceof Literal ? parameter : new Literal(typeOf(parameter), parameter);
}

function typeOf(value: Exclude<Parameter, Literal>): DataType {
  if (value === null) return 'void';
  if (value instanceof Uint8Array) return 'binary';
  if (value instanceof Date) return 'timestamp';
  if (typeof value === 'boolean' || typeof value === 'string') return typeof value;
  if (typeof value === 'bigint') return 'long';
  if (typeof value === 'number') return numberType(value);
  throw new TypeError(`A parameter cannot be a ${typeof value}: use literal(type, value).`);
}

function numberType(value: number): DataType {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return 'double';
  return value === (value | 0) ? 'integer' : 'long';
}

function encode(type: DataType, value: unknown): LiteralShape {
  if (value === null || value === undefined) return { literalType: { case: 'null', value: toMessage(type) } };
  if (typeof type === 'string') return { literalType: primitive(type, value) };
  if (type.type === 'array') {
    const elements = list(value).map((element) => encode(type.elementType, element));
    const elementType = toMessage(type.elementType);
    return { literalType: { case: 'array', value: { elementType, elements } } };
  }
  if (type.type === 'map') {
    const entries = value instanceof Map ? [...value] : list(value).map((entry) => list(entry));
    const keys = entries.map(([key]) => encode(type.keyType, key));
    const values = entries.map(([, value]) => encode(type.valueType, value));
    const types = { keyType: toMessage(type.keyType), valueType: toMessage(type.valueType) };
    return { literalType: { case: 'map', value: { ...types, keys, values } } };
  }
  const fields = value as Record<string, unknown>;
  if (typeof fields !== 'object') throw wrong('struct', value);
  const elements = type.fields.map((field) => encode(field.type, fields[field.name]));
  return { literalType: { case: 'struct', value: { structType: toMessage(type), elements } } };
}

type Primitive = NonNullable<LiteralShape['literalType']>;

function primitive(type: string, value: unknown): Primitive {
  const decimal = decimalOf(type);
  if (decimal !== undefined) {
    return { case: 'decimal', value: { ...decimal, value: decimalText(type, value, decimal) } };
  }
  switch (type) {
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong(type, value);
      return { case: 'boolean', value };
    case 'byte':
      return { case: 'byte', value: integer(type, value, 2 ** 7) };
    case 'short':
      return { case: 'short', value: integer(type, value, 2 ** 15) };
    case 'integer':
      return { case: 'integer', value: integer(type, value, 2 ** 31) };
    case 'long':
      return { case: 'long', value: long(type, value) };
    case 'float':
    case 'double':
      if (typeof value !== 'number') throw wrong(type, value);
      return { case: type, value };
    case 'string':
      if (typeof value !== 'string') throw wrong(type, value);
      return { case: 'string', value: wellFormed(value) };
    case 'binary':
      if (!(value instanceof Uint8Array)) throw wrong(type, value);
      return { case: 'binary', value: new Uint8Array(value) };
    case 'date':
      return { case: 'date', value: integer(type, value instanceof Date ? days(value) : value, 2 ** 31) };
    case 'timestamp':
      return { case: 'timestamp', value: long(type, value instanceof Date ? micros(value) : value) };
    case 'timestamp_ntz':
      return { case: 'timestampNtz', value: long(type, value instanceof Date ? micros(value) : value) };
    default:
      throw new RangeError(`A parameter cannot be of the type ${type}.`);
  }
}

/** Integers of a type reach from -bound to bound - 1. */
function integer(type: string, value: unknown, bound: number): number {
  if (!Number.isInteger(value)) throw wrong(type, value);
  const number = value as number;
  if (number < -bound || number >= bound) throw wrong(type, value);
  return number;
}

function long(type: string, value: unknown): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) throw wrong(type, value);
  return value;
}

interface Digits {
  precision: number;
  scale: number;
}

/** Digits that do not fit are refused: Spark would round them. */
function decimalText(type: string, value: unknown, { precision, scale }: Digits): string {
  const text = typeof value === 'bigint' ? value.toString() : value;
  const parts = typeof text === 'string' ? /^-?0*(\d*?)(?:\.(\d+))?$/.exec(text) : null;
  if (parts === null || !/\d/.test(parts[0])) throw wrong(type, value);
  const [, whole = '', fraction = ''] = parts;
  if (whole.length > precision - scale || fraction.length > scale) throw wrong(type, value);
  return parts[0];
}

/** Half a surrogate pair is not a character: UTF-8 cannot say it, and it would arrive as something else. */
function wellFormed(text: string): string {
  if (!text.isWellFormed()) throw wrong('string', text);
  return text;
}

const DAY_MS = 86_400_000;

function days(date: Date): number {
  return Math.floor(date.getTime() / DAY_MS);
}

function micros(date: Date): bigint {
  const ms = date.getTime();
  if (Number.isNaN(ms)) throw wrong('timestamp', date);
  return BigInt(ms) * 1000n;
}

function list(value: unknown): unknown[] {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as unknown[]);
  if (!Array.isArray(value)) throw wrong('array', value);
  return value;
}

function wrong(type: string, value: unknown): TypeError {
  const shown = typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? typeof value);
  return new TypeError(`Not a value of the type ${type}: ${shown.slice(0, 100)}`);
}
