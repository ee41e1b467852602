/** Prints a filter as a SQL condition. What differs between engines is a dialect of a few functions. */
import type { Comparison, Filter, FilterType, Literal, Operand, TextTest } from './filter.ts';

export interface SqlDialect {
  /** SQL of a column, quoted as the engine wants it. */
  column: (name: string) => string;
  /** Any well-formed text. */
  string: (text: string) => string;
  /** A finite number. */
  double: (value: number) => string;
  /** Microseconds since 1970 UTC. */
  timestamp: (micros: bigint) => string;
  /** A condition that may be NULL only when `column` is. */
  text: (is: TextTest, column: string, text: string) => string;
  /** Number of code points of a text column. */
  size: (column: string) => string;
  /** True for NaN, and for nothing else. */
  isNaN: (column: string) => string;
  /** A column's value where it is compared. */
  compared: (column: string, type: FilterType) => string;
}

/**
 * A condition in parentheses that is TRUE or FALSE and never NULL. `x IS NOT NULL AND x > 1` rather than
 * COALESCE: an engine splits the AND and still skips files and row groups by their statistics.
 */
export function toSql(filter: Filter, dialect: SqlDialect): string {
  switch (filter.op) {
    case 'and':
    case 'or':
      return junction(
        filter.op,
        filter.of.map((part) => toSql(part, dialect)),
      );
    case 'not':
      return `(NOT ${toSql(filter.of, dialect)})`;
    case 'constant':
      return filter.value ? ALWAYS : NEVER;
    case 'has':
      return all(present(filter.column, dialect));
    case 'text': {
      const column = dialect.column(filter.column.name);
      return all([...present(filter.column, dialect), dialect.text(filter.is, column, filter.text)]);
    }
    case 'in':
      return membership(filter.left, filter.list, dialect);
    case 'compare':
      return comparison(filter.is, filter.left, filter.right, dialect);
  }
}

/** Not TRUE and FALSE: Spark reads "FROM t WHERE (FALSE)" as the table t AS where, whose column is named false. */
const ALWAYS = '(1 = 1)';
const NEVER = '(1 = 0)';

function junction(op: 'and' | 'or', parts: string[]): string {
  if (parts.length === 0) return op === 'and' ? ALWAYS : NEVER;
  return `(${parts.join(op === 'and' ? ' AND ' : ' OR ')})`;
}

function all(conditions: string[]): string {
  return junction('and', conditions);
}

function membership(left: Operand, list: Literal[], dialect: SqlDialect): string {
  if (list.length === 0) return NEVER;
  const values = list.map((one) => literalSql(one, dialect)).join(', ');
  return all([...present(left, dialect), `${operand(left, dialect)} IN (${values})`]);
}

function comparison(is: Comparison, left: Operand, right: Operand | Literal, dialect: SqlDialect): string {
  const conditions = present(left, dialect);
  if (right.kind !== 'literal') conditions.push(...present(right, dialect));
  const sides = [left, right].map((side) =>
    side.kind === 'literal' ? literalSql(side, dialect) : operand(side, dialect),
  );
  const positive = all([...conditions, sides.join(is === '==' || is === '!=' ? ' = ' : ` ${is} `)]);
  return is === '!=' ? `(NOT ${positive})` : positive;
}

function operand(side: Operand, dialect: SqlDialect): string {
  const column = dialect.column(side.name);
  return side.kind === 'size' ? dialect.size(column) : dialect.compared(column, side.type);
}

function literalSql(literal: Literal, dialect: SqlDialect): string {
  switch (literal.type) {
    case 'string':
      return dialect.string(literal.value);
    case 'boolean':
      return literal.value ? 'TRUE' : 'FALSE';
    case 'double':
      return dialect.double(literal.value);
    case 'long':
      return `CAST('${BigInt(literal.value)}' AS BIGINT)`;
    case 'timestamp':
      return dialect.timestamp(BigInt(literal.value));
  }
}

/** The value is there: not NULL, and no NaN, which engines hold to be equal to itself and above all numbers. */
function present(side: Operand, dialect: SqlDialect): string[] {
  const column = dialect.column(side.name);
  const conditions = [`${column} IS NOT NULL`];
  if (side.type === 'double') conditions.push(`NOT ${dialect.isNaN(column)}`);
  return conditions;
}
