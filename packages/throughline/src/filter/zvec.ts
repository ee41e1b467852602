/**
 * Prints a filter for Zvec 0.7, whose language was explored against the engine itself: there is no NOT before a
 * condition, no literal on the left, no second column; rows with a null are left out of comparisons, except that
 * `not in` without an inverted index keeps them.
 */
import { FilterNotSupportedError } from './errors.ts';
import type { Comparison, Filter, Literal, Operand } from './filter.ts';
import { pushNegationDown } from './negation.ts';
import { zvecLikeContains, zvecLikeEndsWith, zvecString } from './zvec-string.ts';

export type ZvecFilter =
  /** `expression` selects exactly the rows of the filter. */
  | { match: 'some'; expression: string }
  /** The filter holds for every row, or for none; Zvec has no constants. */
  | { match: 'all' | 'none' };

/**
 * The filter in Zvec's words, exact, or FilterNotSupportedError. `field` gives the name of a column in the index:
 * at least two letters. In the index strings are STRING, longs and timestamps (microseconds) INT64, booleans BOOL,
 * all nullable, with or without an inverted index (without `enableExtendedWildcard`). Doubles are DOUBLE **without**
 * an inverted index, because with one Zvec rounds literals to six decimals wherever it has to scan; NaN is null.
 */
export function toZvec(filter: Filter, field: (name: string) => string = (name) => name): ZvecFilter {
  const positive = pushNegationDown(filter);
  if (positive.op === 'constant') return { match: positive.value ? 'all' : 'none' };
  return { match: 'some', expression: print(positive, (operand) => fieldName(operand, field)) };
}

type FieldOf = (operand: Operand) => string;

/** Words of Zvec's grammar that cannot be names of fields (other keywords can). */
const RESERVED = new Set(['from', 'is', 'null', 'true', 'false', 'contain_all', 'contain_any']);

function fieldName(operand: Operand, field: (name: string) => string): string {
  if (operand.kind === 'size') throw notSupported(`size(${operand.name})`);
  const name = field(operand.name);
  if (!/^[a-z_][a-z0-9_]+$/i.test(name) || RESERVED.has(name.toLowerCase())) {
    throw notSupported(`a field named ${name}`);
  }
  return name;
}

function notSupported(what: string): FilterNotSupportedError {
  return new FilterNotSupportedError(
    `the search index cannot filter by ${what}`,
    'Ask for it in another way, or filter when the index is built (source.filter).',
  );
}

function print(filter: Filter, field: FieldOf): string {
  switch (filter.op) {
    case 'and':
    case 'or':
      return `(${filter.of.map((part) => print(part, field)).join(` ${filter.op} `)})`;
    case 'not':
      return negation(filter.of, field);
    case 'has':
      return `${field(filter.column)} is not null`;
    case 'text':
      return textTest(filter, field(filter.column));
    case 'in':
      return junction(
        'or',
        filter.list.map((literal) => comparison('==', field(filter.left), literal)),
      );
    case 'compare':
      return comparison(filter.is, field(filter.left), literalOnly(filter.right));
    case 'constant':
      throw new Error('constants are folded before printing');
  }
}

const OPPOSITE: Record<Comparison, Comparison> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

/** What a negation says of rows with a value, and the rows without one. */
function negation(filter: Filter, field: FieldOf): string {
  if (filter.op === 'has') return `${field(filter.column)} is null`;
  if (filter.op === 'compare') {
    const name = field(filter.left);
    return `(${comparison(OPPOSITE[filter.is], name, literalOnly(filter.right))} or ${name} is null)`;
  }
  if (filter.op === 'in') {
    const name = field(filter.left);
    const each = filter.list.map((literal) => `(${comparison('!=', name, literal)} or ${name} is null)`);
    return junction('and', each);
  }
  if (filter.op === 'text' && filter.is === 'startsWith')
    return notStartsWith(filter.text, field(filter.column));
  if (filter.op === 'text') throw notSupported(`!${filter.column.name}.${filter.is}(...)`);
  throw new Error(`negation stands before ${filter.op}`);
}

function literalOnly(right: Operand | Literal): Literal {
  if (right.kind === 'literal') return right;
  throw notSupported(`a comparison with another column (${right.name})`);
}

/**
 * Zvec 0.7 makes one list of the equalities of a field that stand together, and of the inequalities. It reads such
 * lists of numbers wrongly when it has to scan, refuses those of booleans, and holds `x != 1 or x != 2` to be
 * `x not in (1, 2)`. Each therefore stands inside an `and` of its own; only equalities of texts are left to merge.
 */
function comparison(is: Comparison, name: string, literal: Literal): string {
  const condition = `${name} ${is === '==' ? '=' : is} ${zvecLiteral(literal)}`;
  const merges = is === '!=' || (is === '==' && literal.type !== 'string');
  return merges ? `(${condition} and ${name} is not null)` : condition;
}

function zvecLiteral(literal: Literal): string {
  switch (literal.type) {
    case 'string': {
      const text = zvecString(literal.value);
      if (text === undefined)
        throw notSupported(`the text ${JSON.stringify(literal.value)}, for its backslashes`);
      return text;
    }
    case 'boolean':
      return String(literal.value);
    case 'double':
      return literal.value.toExponential();
    case 'long':
    case 'timestamp':
      return String(BigInt(literal.value));
  }
}

function textTest(filter: Filter & { op: 'text' }, name: string): string {
  if (filter.text === '') return `${name} is not null`;
  if (filter.is === 'startsWith') return prefixRange(filter.text, name).join(' and ');
  const pattern = filter.is === 'contains' ? zvecLikeContains(filter.text) : zvecLikeEndsWith(filter.text);
  if (pattern === undefined)
    throw notSupported(`the text ${JSON.stringify(filter.text)}, for its backslashes`);
  return `${name} like ${pattern}`;
}

function notStartsWith(prefix: string, name: string): string {
  if (prefix === '') return `${name} is null`;
  const [, upper] = prefixRange(prefix, name);
  const text: Literal = { kind: 'literal', type: 'string', value: prefix };
  const outside = [`${name} < ${zvecLiteral(text)}`, ...(upper ? [upper.replace(' < ', ' >= ')] : [])];
  return junction('or', [...outside, `${name} is null`]);
}

/** Texts with a prefix are a range in code point order, which no wildcard in the prefix can disturb. */
function prefixRange(prefix: string, name: string): string[] {
  const lower: Literal = { kind: 'literal', type: 'string', value: prefix };
  const end = afterPrefix(prefix);
  const bounds = [`${name} >= ${zvecLiteral(lower)}`];
  if (end !== undefined) bounds.push(`${name} < ${zvecLiteral({ ...lower, value: end })}`);
  return bounds;
}

/** The least text above all that begin with the prefix; undefined when there is none. */
function afterPrefix(prefix: string): string | undefined {
  const points = [...prefix];
  while (points.at(-1) === '\u{10ffff}') points.pop();
  const last = points.pop()?.codePointAt(0);
  if (last === undefined) return undefined;
  const next = last + 1 === 0xd800 ? 0xe000 : last + 1;
  return points.join('') + String.fromCodePoint(next);
}

function junction(op: 'and' | 'or', parts: string[]): string {
  return parts.length === 1 ? parts[0]! : `(${parts.join(` ${op} `)})`;
}
