/**
 * A typed filter: plain data that survives JSON, made by `parseFilter` and printed for each engine.
 *
 * One rule for nulls, the same in every engine: **a filter is true or false, never unknown**.
 * A comparison, a test of text and `in` are false when an operand is null; `!=` is the negation of `==`,
 * so it is true when an operand is null; `!e` is the negation of the two-valued `e`.
 * NaN counts as null. Text is compared by code point, and is case-sensitive. `size` counts code points.
 */
export type Filter =
  | { op: 'and' | 'or'; of: Filter[] }
  | { op: 'not'; of: Filter }
  | { op: 'constant'; value: boolean }
  | { op: 'has'; column: Column }
  | { op: 'compare'; is: Comparison; left: Operand; right: Operand | Literal }
  | { op: 'in'; left: Operand; list: Literal[] }
  | { op: 'text'; is: TextTest; column: Column; text: string };

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type TextTest = 'startsWith' | 'endsWith' | 'contains';

/** Types of columns. A column of dates is a timestamp. */
export type FilterType = 'string' | 'long' | 'double' | 'boolean' | 'timestamp';

/** The columns that a filter may name, with their types. */
export interface FilterColumns {
  [name: string]: FilterType;
}

export interface Column {
  kind: 'column';
  name: string;
  type: FilterType;
}

/** A column, or the number of code points in a column of text. */
export type Operand = Column | { kind: 'size'; name: string; type: 'long' };

/**
 * A literal always has the type of what it is compared with. A long is its decimal digits, a timestamp the
 * decimal digits of its microseconds since 1970 UTC: JSON has no integers of 64 bits. A double is finite.
 */
export type Literal =
  | { kind: 'literal'; type: 'string' | 'long' | 'timestamp'; value: string }
  | { kind: 'literal'; type: 'double'; value: number }
  | { kind: 'literal'; type: 'boolean'; value: boolean };

/** Names of the columns that the filter reads, each once, in order of appearance. */
export function columnsOf(filter: Filter): string[] {
  return [...new Set(names(filter))];
}

function names(filter: Filter): string[] {
  switch (filter.op) {
    case 'and':
    case 'or':
      return filter.of.flatMap(names);
    case 'not':
      return names(filter.of);
    case 'constant':
      return [];
    case 'has':
    case 'text':
      return [filter.column.name];
    case 'in':
      return [filter.left.name];
    case 'compare':
      return filter.right.kind === 'literal' ? [filter.left.name] : [filter.left.name, filter.right.name];
  }
}
