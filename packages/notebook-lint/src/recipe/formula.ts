import { textOf } from '../python/node.ts';
import type { Functions } from './functions.ts';
import type { Formula, Test } from './recipe.ts';
import type { Condition, Expr } from './trace/traced.ts';

const MOST_SOURCE = 160;

/** An expression as plain data; functions of the notebook are named, and kept in `functions`. */
export function formulaOf(expr: Expr, functions: Functions): Formula {
  const part = (of: Expr) => formulaOf(of, functions);
  switch (expr.op) {
    case 'column':
    case 'literal':
      return expr;
    case 'concat':
      return { op: 'concat', parts: expr.parts.map(part) };
    case 'call': {
      const inner = expr.inner && part(expr.inner);
      const name = functions.keep(expr.fn, expr.at);
      const of = part(expr.of);
      if (name === undefined || !functions.isWhole(name))
        return inner ?? { op: 'other', source: textOf(expr.fn.node).slice(0, MOST_SOURCE), of: [of] };
      return {
        op: 'call',
        name,
        of,
        inner,
        ofRow: expr.ofRow,
        ...(expr.args.length > 0 && { args: expr.args }),
      };
    }
    case 'split':
      return part(expr.of);
    case 'other':
      return { op: 'other', source: textOf(expr.node).slice(0, MOST_SOURCE), of: expr.of.map(part) };
    default:
      return { ...expr, of: part(expr.of) };
  }
}

export function testOf(condition: Condition, functions: Functions): Test {
  if (condition.op === 'other') return { op: 'other', source: textOf(condition.node).slice(0, MOST_SOURCE) };
  if (condition.op === 'not') return { op: 'not', of: testOf(condition.of, functions) };
  if ('of' in condition) return { ...condition, of: condition.of.map((one) => testOf(one, functions)) };
  return { ...condition, left: formulaOf(condition.left, functions) };
}
