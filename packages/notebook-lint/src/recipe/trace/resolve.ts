import type { SyntaxNode } from '../../python/node.ts';
import { noteUse } from './table.ts';
import type { Condition, Expr, Table } from './traced.ts';

type Test = Extract<Condition, { left: Expr }>;

/** Columns that the notebook made stand for what they were made of. */
export function resolved(expr: Expr, table: Table): Expr {
  if (expr.op === 'column') {
    const made = table.columns.get(expr.name);
    return made?.is === 'cells' ? made.expr : expr;
  }
  if (expr.op === 'literal') return expr;
  if (expr.op === 'concat') return { ...expr, parts: expr.parts.map((part) => resolved(part, table)) };
  if (expr.op === 'other') return { ...expr, of: expr.of.map((part) => resolved(part, table)) };
  return { ...expr, of: resolved(expr.of, table) };
}

/** The same for a condition; the columns of the source that it names are noted. */
export function resolvedCondition(condition: Condition, table: Table, node: SyntaxNode): Condition {
  if (condition.op === 'other') return condition;
  if (condition.op === 'not') return { op: 'not', of: resolvedCondition(condition.of, table, node) };
  if ('of' in condition)
    return { ...condition, of: condition.of.map((one) => resolvedCondition(one, table, node)) };
  const test: Test = condition;
  const left = resolved(test.left, table);
  if (left.op === 'column' && !table.columns.has(left.name)) noteUse(table, left.name, node);
  return { ...test, left };
}
