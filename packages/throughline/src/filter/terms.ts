/** The leaves of an expression: columns and literals. */
import { suggest } from '../suggest.ts';
import type { FilterErrorCode } from './errors.ts';
import type { Column, FilterColumns, Operand } from './filter.ts';
import type { FreeLiteral } from './fit.ts';
import type { CelExpr } from './parse.ts';
import { timestampMicros } from './timestamp.ts';

/** Throws a FilterError at a node. */
export type Fail = (code: FilterErrorCode, at: CelExpr, message: string, hint: string) => never;
export interface Scope {
  columns: FilterColumns;
  fail: Fail;
}

/** What the language has, for hints. */
export const ALLOWED =
  'Filters have && || ! == != < <= > >= in, has(), size(), startsWith, endsWith, contains, timestamp().';

/** A column or the size of one; undefined when the expression is something else. */
export function operand(expr: CelExpr, scope: Scope): Operand | undefined {
  const { exprKind } = expr;
  if (exprKind.case === 'identExpr' || exprKind.case === 'selectExpr') return column(expr, scope);
  if (exprKind.case !== 'callExpr' || exprKind.value.function !== 'size') return undefined;
  const { target, args } = exprKind.value;
  const subject = column(target ?? args[0] ?? expr, scope);
  if (subject.type !== 'string') {
    scope.fail(
      'filter_type',
      expr,
      `${subject.name} is a ${subject.type}; size() counts the characters of a string`,
      ALLOWED,
    );
  }
  return { kind: 'size', name: subject.name, type: 'long' };
}

/** The column that an identifier names; an unknown name is an error that lists the known ones. */
export function column(expr: CelExpr, { columns, fail }: Scope): Column {
  const name = identifier(expr);
  if (name === undefined) {
    return fail('filter_unsupported', expr, `${describe(expr)} stands where a column should`, ALLOWED);
  }
  const type = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (type) return { kind: 'column', name, type };
  const known = Object.keys(columns);
  const near = suggest(name, known);
  const hint = `${near ? `Did you mean ${near}? ` : ''}Known columns: ${known.join(', ') || 'none'}.`;
  return fail('filter_unknown_column', expr, `unknown column ${name}`, hint);
}

/** The dotted name of an identifier, so that `a.b` is reported as the unknown column "a.b". */
function identifier({ exprKind }: CelExpr): string | undefined {
  if (exprKind.case === 'identExpr') return exprKind.value.name;
  if (exprKind.case !== 'selectExpr' || !exprKind.value.operand) return undefined;
  const parent = identifier(exprKind.value.operand);
  return parent === undefined ? undefined : `${parent}.${exprKind.value.field}`;
}

/** A literal in the type that it was written in; undefined when the expression is none. */
export function literal(expr: CelExpr, scope: Scope): FreeLiteral | undefined {
  const { exprKind } = expr;
  if (exprKind.case === 'callExpr') return calledLiteral(expr, exprKind.value, scope);
  if (exprKind.case !== 'constExpr') return undefined;
  const constant = exprKind.value.constantKind;
  if (constant.case === 'stringValue') return { type: 'string', value: constant.value };
  if (constant.case === 'boolValue') return { type: 'boolean', value: constant.value };
  if (constant.case === 'int64Value' || constant.case === 'uint64Value') {
    const value = BigInt(constant.value);
    return value === BigInt.asIntN(64, value)
      ? { type: 'long', value }
      : scope.fail(
          'filter_type',
          expr,
          `${value} does not fit in 64 bits`,
          'Write it as a double, such as 1e19.',
        );
  }
  if (constant.case !== 'doubleValue') return undefined;
  return Number.isFinite(constant.value)
    ? { type: 'double', value: constant.value }
    : scope.fail('filter_type', expr, 'the number is too large for a double', 'Use a smaller number.');
}

/** `timestamp("...")`, and a minus that stands apart from its number. */
function calledLiteral(
  expr: CelExpr,
  call: { function: string; args: CelExpr[] },
  scope: Scope,
): FreeLiteral | undefined {
  const argument = call.args.length === 1 ? literal(call.args[0]!, scope) : undefined;
  if (call.function === '-_' && argument?.type === 'long') return { type: 'long', value: -argument.value };
  if (call.function === '-_' && argument?.type === 'double')
    return { type: 'double', value: -argument.value };
  if (call.function !== 'timestamp') return undefined;
  const micros = argument?.type === 'string' ? timestampMicros(argument.value) : undefined;
  if (micros !== undefined) return { type: 'timestamp', value: micros };
  const hint = 'Write date, time and zone, and at most microseconds: timestamp("2024-01-01T00:00:00Z").';
  return scope.fail('filter_type', expr, 'the timestamp is not in RFC 3339', hint);
}

/** What a node is, in words for a message. */
export function describe({ exprKind }: CelExpr): string {
  if (exprKind.case === 'callExpr') return NAMES[exprKind.value.function] ?? `${exprKind.value.function}()`;
  if (exprKind.case === 'selectExpr') return 'a field of a field';
  if (exprKind.case === 'listExpr') return 'a list';
  if (exprKind.case === 'structExpr') return 'a map';
  if (exprKind.case === 'comprehensionExpr') return 'a macro such as exists()';
  return exprKind.case === 'constExpr' ? 'a literal' : 'this';
}

const NAMES: Record<string, string> = {
  '_?_:_': 'a ?: choice',
  '_+_': 'arithmetic',
  '_-_': 'arithmetic',
  '_*_': 'arithmetic',
  '_/_': 'arithmetic',
  '_%_': 'arithmetic',
  '-_': 'arithmetic',
  '_[_]': 'an index',
};
