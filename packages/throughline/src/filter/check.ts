/** The type checker: from CEL's untyped tree to a Filter whose every comparison has one type. */
import { FilterError, type Position } from './errors.ts';
import type { Comparison, Filter, FilterColumns, FilterType, Literal, Operand, TextTest } from './filter.ts';
import { type FreeLiteral, fitComparison, fitLiteral } from './fit.ts';
import type { CelExpr } from './parse.ts';
import { ALLOWED, column, describe, type Fail, literal, operand, type Scope } from './terms.ts';

/** `positionOf` says where a node of the tree, known by its id, stands in the expression. */
export function checkFilter(
  expr: CelExpr,
  columns: FilterColumns,
  positionOf: (id: bigint) => Position,
): Filter {
  const fail: Fail = (code, at, message, hint) => {
    throw new FilterError(code, message, positionOf(at.id), hint);
  };
  return condition(expr, { columns, fail });
}

const COMPARISONS: Record<string, Comparison> = {
  '_==_': '==',
  '_!=_': '!=',
  '_<_': '<',
  '_<=_': '<=',
  '_>_': '>',
  '_>=_': '>=',
};
const FLIPPED: Record<Comparison, Comparison> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};
const TEXT_TESTS: readonly string[] = ['startsWith', 'endsWith', 'contains'] satisfies TextTest[];

function condition(expr: CelExpr, scope: Scope): Filter {
  const { exprKind } = expr;
  if (exprKind.case === 'identExpr') return booleanColumn(expr, scope);
  if (exprKind.case === 'constExpr' && exprKind.value.constantKind.case === 'boolValue') {
    return { op: 'constant', value: exprKind.value.constantKind.value };
  }
  if (exprKind.case !== 'callExpr') return notACondition(expr, scope);
  const { function: name, args, target } = exprKind.value;
  if (target) return textTest(expr, name, target, args, scope);
  if (name === '_&&_' || name === '_||_') return junction(name === '_&&_' ? 'and' : 'or', args, scope);
  if (name === '!_') return { op: 'not', of: condition(args[0]!, scope) };
  if (name === 'has' && args.length === 1) return { op: 'has', column: column(args[0]!, scope) };
  if (name === '@in') return membership(args[0]!, args[1]!, scope);
  const comparison = COMPARISONS[name];
  return comparison ? compare(comparison, args[0]!, args[1]!, scope) : notACondition(expr, scope);
}

function notACondition(expr: CelExpr, { fail }: Scope): never {
  if (expr.exprKind.case === 'constExpr') {
    return fail('filter_type', expr, 'a literal alone is not a condition', 'Compare a column with it.');
  }
  return fail('filter_unsupported', expr, `${describe(expr)} cannot be used in a filter`, ALLOWED);
}

function booleanColumn(expr: CelExpr, scope: Scope): Filter {
  const left = column(expr, scope);
  if (left.type !== 'boolean') {
    const message = `${left.name} is a ${left.type}, used as a condition`;
    scope.fail('filter_type', expr, message, `Compare it with something, or write has(${left.name}).`);
  }
  return { op: 'compare', is: '==', left, right: { kind: 'literal', type: 'boolean', value: true } };
}

/** CEL's parser nests a && b && c to the left; one level keeps printed filters flat. */
function junction(op: 'and' | 'or', args: CelExpr[], scope: Scope): Filter {
  const of = args.map((arg) => condition(arg, scope));
  return { op, of: of.flatMap((part) => (part.op === op ? part.of : [part])) };
}

function textTest(expr: CelExpr, name: string, target: CelExpr, args: CelExpr[], scope: Scope): Filter {
  if (!TEXT_TESTS.includes(name) || args.length !== 1) return notACondition(expr, scope);
  const subject = column(target, scope);
  if (subject.type !== 'string') {
    scope.fail(
      'filter_type',
      target,
      `${subject.name} is a ${subject.type}; ${name} tests a string`,
      ALLOWED,
    );
  }
  const argument = literal(args[0]!, scope);
  if (argument?.type !== 'string') {
    return scope.fail(
      'filter_type',
      args[0]!,
      `${name} takes a string`,
      `An example: ${subject.name}.${name}("x")`,
    );
  }
  return { op: 'text', is: name as TextTest, column: subject, text: argument.value };
}

function membership(subject: CelExpr, list: CelExpr, scope: Scope): Filter {
  if (list.exprKind.case !== 'listExpr') {
    return scope.fail(
      'filter_unsupported',
      list,
      'in takes a list of literals',
      'An example: product in ["card", "loan"]',
    );
  }
  const left = operand(subject, scope);
  if (!left) return scope.fail('filter_type', subject, 'in takes a column on its left', ALLOWED);
  const values = list.exprKind.value.elements.map((element) => {
    const value =
      literal(element, scope) ??
      scope.fail('filter_unsupported', element, 'a list holds literals only', ALLOWED);
    return fitLiteral(value, left.type) ?? mismatch(element, left, value, scope);
  });
  return { op: 'in', left, list: values.filter((value): value is Literal => value !== 'never equal') };
}

function compare(is: Comparison, a: CelExpr, b: CelExpr, scope: Scope): Filter {
  if (isNull(a) || isNull(b)) return nullTest(is, isNull(a) ? b : a, scope);
  const left = operand(a, scope);
  const right = operand(b, scope);
  if (left && right) return compareColumns(is, left, right, b, scope);
  if (left) return compareLiteral(is, left, b, scope);
  if (right) return compareLiteral(FLIPPED[is], right, a, scope);
  const odd = [a, b].find((side) => !literal(side, scope));
  const message = odd ? `${describe(odd)} cannot be compared` : 'neither side of the comparison is a column';
  return scope.fail('filter_unsupported', odd ?? a, message, ALLOWED);
}

function isNull(expr: CelExpr): boolean {
  return expr.exprKind.case === 'constExpr' && expr.exprKind.value.constantKind.case === 'nullValue';
}

function nullTest(is: Comparison, expr: CelExpr, scope: Scope): Filter {
  const has: Filter = { op: 'has', column: column(expr, scope) };
  if (is === '!=') return has;
  if (is === '==') return { op: 'not', of: has };
  return scope.fail('filter_type', expr, `null cannot be compared with ${is}`, 'Write == null or != null.');
}

function compareColumns(is: Comparison, left: Operand, right: Operand, at: CelExpr, scope: Scope): Filter {
  if (left.type !== right.type) {
    const message = `${left.name} is a ${left.type}, compared with ${right.name}, a ${right.type}`;
    scope.fail('filter_type', at, message, 'Compare columns of the same type.');
  }
  refuseBooleanOrder(is, left, at, scope);
  return { op: 'compare', is, left, right };
}

function compareLiteral(is: Comparison, left: Operand, expr: CelExpr, scope: Scope): Filter {
  const value = literal(expr, scope);
  if (!value) return scope.fail('filter_unsupported', expr, `${describe(expr)} cannot be compared`, ALLOWED);
  refuseBooleanOrder(is, left, expr, scope);
  return fitComparison(is, left, value) ?? mismatch(expr, left, value, scope);
}

function refuseBooleanOrder(is: Comparison, left: Operand, at: CelExpr, { fail }: Scope): void {
  if (left.type === 'boolean' && is !== '==' && is !== '!=') {
    fail(
      'filter_type',
      at,
      `${left.name} is a boolean, compared with ${is}`,
      `Write ${left.name} or !${left.name}.`,
    );
  }
}

function mismatch(at: CelExpr, left: Operand, value: FreeLiteral, { fail }: Scope): never {
  const subject = left.kind === 'size' ? `size(${left.name})` : left.name;
  if (left.type === 'double' && value.type === 'long') {
    return fail(
      'filter_type',
      at,
      `${value.value} is not exactly a double`,
      'Write it as a double, such as 1e18.',
    );
  }
  const message = `${subject} is a ${left.type}, compared with a ${value.type}`;
  return fail('filter_type', at, message, HINTS[left.type](subject));
}

const HINTS: Record<FilterType, (name: string) => string> = {
  string: (name) => `Quote the value: ${name} == "...".`,
  long: () => 'Write a whole number without quotes.',
  double: () => 'Write a number without quotes.',
  boolean: () => 'Write true or false without quotes.',
  timestamp: (name) => `Wrap it: ${name} >= timestamp("2024-01-01T00:00:00Z").`,
};
