import { compareCodePoints } from './code-point-order.ts';
import type { Comparison, Filter, Literal, Operand, TextTest } from './filter.ts';

/** Values by column; a long or a timestamp (microseconds) may be a bigint or a number. Absent is null. */
export interface FilterRow {
  readonly [column: string]: string | number | bigint | boolean | null;
}

/** What a filter means: every engine's printed form selects exactly the rows for which this is true. */
export function evaluate(filter: Filter, row: FilterRow): boolean {
  switch (filter.op) {
    case 'and':
      return filter.of.every((part) => evaluate(part, row));
    case 'or':
      return filter.of.some((part) => evaluate(part, row));
    case 'not':
      return !evaluate(filter.of, row);
    case 'constant':
      return filter.value;
    case 'has':
      return read(filter.column, row) !== null;
    case 'text': {
      const value = read(filter.column, row);
      return typeof value === 'string' && TEXT[filter.is](value, filter.text);
    }
    case 'in': {
      const value = read(filter.left, row);
      return filter.list.some((literal) => compare('==', value, literalValue(literal)));
    }
    case 'compare': {
      const right = filter.right.kind === 'literal' ? literalValue(filter.right) : read(filter.right, row);
      return compare(filter.is, read(filter.left, row), right);
    }
  }
}

type Value = string | number | bigint | boolean | null;

const TEXT: Record<TextTest, (value: string, text: string) => boolean> = {
  startsWith: (value, text) => value.startsWith(text),
  endsWith: (value, text) => value.endsWith(text),
  contains: (value, text) => value.includes(text),
};

function read(operand: Operand, row: FilterRow): Value {
  const value = Object.hasOwn(row, operand.name) ? (row[operand.name] ?? null) : null;
  if (typeof value === 'number' && Number.isNaN(value)) return null;
  return operand.kind === 'size' && typeof value === 'string' ? [...value].length : value;
}

function literalValue(literal: Literal): Value {
  return literal.type === 'long' || literal.type === 'timestamp' ? BigInt(literal.value) : literal.value;
}

function compare(is: Comparison, a: Value, b: Value): boolean {
  if (is === '!=') return !compare('==', a, b);
  if (a === null || b === null) return false;
  const order =
    typeof a === 'string' && typeof b === 'string' ? compareCodePoints(a, b) : a < b ? -1 : a > b ? 1 : 0;
  switch (is) {
    case '==':
      return order === 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}
