import { fields, type SyntaxNode, textOf } from '../../python/node.ts';
import type { Trace } from './trace.ts';
import {
  type Comparison,
  type Condition,
  type Constant,
  type Expr,
  NOTHING,
  type Table,
  type Traced,
} from './traced.ts';

const FLIPPED: Readonly<Record<Comparison, Comparison>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

export function mask(table: Table, condition: Condition): Traced {
  return { is: 'mask', table, condition };
}

export function maskOf(value: Traced): boolean {
  return value.is === 'mask' || value.is === 'cells';
}

/** `df.a == 1`, `1 < df.a`, `row["a"] in [..]`; `a < df.b < c` is not followed. */
export function comparison(node: SyntaxNode, values: readonly Traced[], trace: Trace): Traced {
  const operands = node.children.filter(({ field: name }) => name !== 'operators');
  const operators = fields(node, 'operators').map(textOf);
  const [left, right] = operands.map((operand) => trace.values.get(operand) ?? NOTHING);
  if (operators.length === 1 && left?.is === 'constant' && right?.is === 'constant')
    return compared(operators[0]!, left.value, right.value);
  const cells = values.find((value) => value.is === 'cells');
  if (cells?.is !== 'cells') return NOTHING;
  const unknown = mask(cells.table, { op: 'other', node });
  if (operators.length !== 1 || !left || !right) return unknown;
  return mask(cells.table, conditionOf(node, operators[0]!, left, right));
}

/** Of two literals: `SIZE is not None`, `LIMIT > 0`. */
function compared(operator: string, left: Constant, right: Constant): Traced {
  const is = operator.replace(/\s+/g, ' ');
  if (is === '==' || is === 'is') return { is: 'constant', value: left === right };
  if (is === '!=' || is === 'is not') return { is: 'constant', value: left !== right };
  if (typeof left !== 'number' || typeof right !== 'number') return NOTHING;
  if (is === '<') return { is: 'constant', value: left < right };
  if (is === '<=') return { is: 'constant', value: left <= right };
  if (is === '>') return { is: 'constant', value: left > right };
  return is === '>=' ? { is: 'constant', value: left >= right } : NOTHING;
}

function conditionOf(node: SyntaxNode, operator: string, left: Traced, right: Traced): Condition {
  const unknown: Condition = { op: 'other', node };
  const is = operator === '<>' ? '!=' : operator.replace(/\s+/g, ' ');
  if (left.is === 'cells' && right.is === 'constant') {
    if (right.value === null) return nullTest(is, left.expr) ?? unknown;
    return is in FLIPPED
      ? { op: 'compare', is: is as Comparison, left: left.expr, right: right.value }
      : unknown;
  }
  if (left.is === 'constant' && right.is === 'cells') {
    if (is === 'in' && typeof left.value === 'string')
      return { op: 'text', is: 'contains', left: right.expr, text: left.value };
    const flipped = FLIPPED[is as Comparison];
    return flipped && left.value !== null
      ? { op: 'compare', is: flipped, left: right.expr, right: left.value }
      : unknown;
  }
  if (left.is === 'cells' && right.is === 'list' && (is === 'in' || is === 'not in')) {
    const values = constantsOf(right);
    if (!values) return unknown;
    const within: Condition = { op: 'in', left: left.expr, values };
    return is === 'in' ? within : { op: 'not', of: within };
  }
  return unknown;
}

function nullTest(is: string, left: Expr): Condition | undefined {
  if (is === 'is not' || is === '!=') return { op: 'has', left };
  return is === 'is' || is === '==' ? { op: 'not', of: { op: 'has', left } } : undefined;
}

/** The values of a list of literals. */
export function constantsOf(value: Traced | undefined): Constant[] | undefined {
  if (value?.is !== 'list') return undefined;
  const found = value.items.filter((item) => item.is === 'constant').map((item) => item.value);
  return found.length === value.items.length ? found : undefined;
}

/** A column as a condition is not taken for one: what is true of its values is not known. */
export function junction(node: SyntaxNode, op: 'and' | 'or', left: Traced, right: Traced): Traced {
  const table = [left, right].map((side) => ('table' in side ? side.table : undefined)).find((one) => one);
  if (!table) return NOTHING;
  const conditions = [left, right].map(
    (side): Condition => (side.is === 'mask' ? side.condition : { op: 'other', node }),
  );
  return mask(table, { op, of: conditions.flatMap((one) => (one.op === op ? one.of : [one])) });
}

export function negation(node: SyntaxNode, value: Traced): Traced {
  if (value.is === 'constant') return { is: 'constant', value: !value.value };
  if (value.is === 'mask') {
    const { condition } = value;
    return mask(value.table, condition.op === 'not' ? condition.of : { op: 'not', of: condition });
  }
  return value.is === 'cells' ? mask(value.table, { op: 'other', node }) : NOTHING;
}
