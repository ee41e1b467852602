/**
 * Parameters as SQL text, for servers that cannot bind them (see `bind-parameters.ts`). What comes from a value is
 * digits only, or letters, digits and a few signs between quotes: nothing in it can end a literal, whatever the
 * session's rules for strings are.
 */
import type { DataType } from './data-type.ts';
import type { Literal } from './literal.ts';

/** An expression of exactly the literal's type and value. */
export function sqlLiteral({ type, value }: Literal): string {
  if (value === null || value === undefined) return `CAST(NULL AS ${sqlType(type)})`;
  if (typeof type === 'string') return primitive(type, value);
  if (type.type === 'array') return cast(`array(${all(type.elementType, list(value))})`, type);
  if (type.type === 'map') {
    const entries = value instanceof Map ? [...value] : (value as [unknown, unknown][]);
    const keys = all(
      type.keyType,
      entries.map(([key]) => key),
    );
    const values = all(
      type.valueType,
      entries.map(([, item]) => item),
    );
    return cast(`map_from_arrays(array(${keys}), array(${values}))`, type);
  }
  const fields = value as Record<string, unknown>;
  const pairs = type.fields.map(
    ({ name, type }) => `${text(name)}, ${sqlLiteral({ type, value: fields[name] })}`,
  );
  return cast(`named_struct(${pairs.join(', ')})`, type);
}

function list(value: unknown): unknown[] {
  return Array.from(value as ArrayLike<unknown>);
}

function all(type: DataType, values: unknown[]): string {
  return values.map((value) => sqlLiteral({ type, value })).join(', ');
}

function cast(expression: string, type: DataType): string {
  return `CAST(${expression} AS ${sqlType(type)})`;
}

/** Negative numbers go into brackets: after a minus sign they would begin a comment. */
function primitive(type: string, value: unknown): string {
  switch (type) {
    case 'boolean':
      return value ? 'TRUE' : 'FALSE';
    case 'byte':
      return number(value, 'Y');
    case 'short':
      return number(value, 'S');
    case 'integer':
      return number(value, '');
    case 'long':
      return number(value, 'L');
    case 'float':
    case 'double':
      return cast(`'${Object.is(value, -0) ? '-0.0' : String(value)}'`, type);
    case 'string':
      return text(value as string);
    case 'binary':
      return hex(value as Uint8Array);
    case 'date':
      return `date_from_unix_date(${value instanceof Date ? Math.floor(value.getTime() / DAY_MS) : value})`;
    case 'timestamp':
      return `timestamp_micros(${micros(value)}L)`;
    case 'timestamp_ntz':
      return cast(`'${wallClock(micros(value))}'`, type);
    default:
      return cast(`'${value}'`, type); // decimal: literal() has let through digits only
  }
}

function number(value: unknown, suffix: string): string {
  const written = `${value}${suffix}`;
  return written.startsWith('-') ? `(${written})` : written;
}

/** As it is if no rule for strings can read it otherwise: a place that takes only a literal takes it too. */
function text(value: string): string {
  if (/^[\w .,:;/=+@-]*$/.test(value)) return `'${value}'`;
  return cast(hex(new TextEncoder().encode(value)), 'string');
}

function hex(bytes: Uint8Array): string {
  return `X'${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}'`;
}

const DAY_MS = 86_400_000;

function micros(value: unknown): bigint {
  return value instanceof Date ? BigInt(value.getTime()) * 1000n : BigInt(value as bigint | number);
}

/** Throws RangeError outside of the years that a Date can tell, -271821 to 275760. */
function wallClock(micros: bigint): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((micros - fraction) / 1000n)).toISOString().slice(0, -'.000Z'.length);
  return `${seconds}.${fraction.toString().padStart(6, '0')}`;
}

const SQL_NAMES: Record<string, string> = {
  byte: 'TINYINT',
  short: 'SMALLINT',
  integer: 'INT',
  long: 'BIGINT',
};

function sqlType(type: DataType): string {
  if (typeof type === 'string') return SQL_NAMES[type] ?? type.toUpperCase();
  if (type.type === 'array') return `ARRAY<${sqlType(type.elementType)}>`;
  if (type.type === 'map') return `MAP<${sqlType(type.keyType)}, ${sqlType(type.valueType)}>`;
  const fields = type.fields.map(({ name, type }) => `\`${name.replaceAll('`', '``')}\`: ${sqlType(type)}`);
  return `STRUCT<${fields.join(', ')}>`;
}
