/** Fits literals to the type of the column they are compared with, without changing any result. */
import type { Comparison, Filter, FilterType, Literal, Operand } from './filter.ts';

/** A literal in the type that it was written in. */
export type FreeLiteral =
  | { type: 'string'; value: string }
  | { type: 'long' | 'timestamp'; value: bigint }
  | { type: 'double'; value: number }
  | { type: 'boolean'; value: boolean };

/** The literal in the column's type, 'never equal' to any of its values, or undefined: types do not meet. */
export function fitLiteral(value: FreeLiteral, type: FilterType): Literal | 'never equal' | undefined {
  if (value.type === 'long' && type === 'double') return exactDouble(value.value);
  if (value.type === 'double' && type === 'long') {
    const whole = Number.isInteger(value.value) ? BigInt(value.value) : undefined;
    return whole !== undefined && fitsLong(whole) ? long(whole) : 'never equal';
  }
  if (value.type !== type) return undefined;
  switch (value.type) {
    case 'long':
    case 'timestamp':
      return { kind: 'literal', type: value.type, value: String(value.value) };
    case 'double':
      return { kind: 'literal', type: 'double', value: value.value + 0 };
    case 'string':
      return { kind: 'literal', type: 'string', value: value.value };
    case 'boolean':
      return { kind: 'literal', type: 'boolean', value: value.value };
  }
}

/**
 * A comparison with the literal, or undefined when the types do not meet. A column of longs against a
 * double becomes the same question about a whole number (`n > 1.5` is `n >= 2`).
 */
export function fitComparison(is: Comparison, left: Operand, value: FreeLiteral): Filter | undefined {
  const right = fitLiteral(value, left.type);
  if (right === undefined) return undefined;
  if (right !== 'never equal') return { op: 'compare', is, left, right };
  if (is === '==' || is === '!=') return { op: 'constant', value: is === '!=' };
  return longBound(is, left, value.value as number);
}

/** No long equals `bound`, so `<` and `<=` ask for the whole number below it, `>` and `>=` for the one above. */
function longBound(is: Comparison, left: Operand, bound: number): Filter {
  const below = is === '<' || is === '<=';
  const whole = BigInt(below ? Math.floor(bound) : Math.ceil(bound));
  if (fitsLong(whole)) return { op: 'compare', is: below ? '<=' : '>=', left, right: long(whole) };
  if (whole > 0n !== below) return { op: 'constant', value: false };
  const lowest = long(-(2n ** 63n));
  return { op: 'compare', is: '>=', left, right: lowest }; // every value that is not null
}

function fitsLong(value: bigint): boolean {
  return value === BigInt.asIntN(64, value);
}

function long(value: bigint): Literal {
  return { kind: 'literal', type: 'long', value: String(value) };
}

function exactDouble(value: bigint): Literal | undefined {
  const double = Number(value);
  return BigInt(double) === value ? { kind: 'literal', type: 'double', value: double } : undefined;
}
