import type { SyntaxNode } from '../../python/node.ts';
import type { Expr, Traced } from './traced.ts';

export function other(node: SyntaxNode, of: readonly Expr[]): Expr {
  return { op: 'other', node, of };
}

/** The expression of a value that is a text. */
export function exprOf(value: Traced): Expr | undefined {
  if (value.is === 'cells') return value.expr;
  return value.is === 'constant' && value.value !== null
    ? { op: 'literal', value: String(value.value) }
    : undefined;
}

/** Parts one after the other; neighbouring literals become one. Unknown parts make the whole unknown. */
export function concatenated(node: SyntaxNode, parts: readonly (Expr | undefined)[]): Expr {
  const known = parts.filter((part) => part !== undefined);
  if (known.length < parts.length) return other(node, known);
  const flat = known.flatMap((part) => (part.op === 'concat' ? part.parts : [part]));
  const merged: Expr[] = [];
  for (const part of flat) {
    const last = merged.at(-1);
    if (part.op === 'literal' && last?.op === 'literal')
      merged[merged.length - 1] = { op: 'literal', value: last.value + part.value };
    else if (part.op !== 'literal' || part.value !== '') merged.push(part);
  }
  return merged.length === 1 ? merged[0]! : { op: 'concat', parts: merged };
}

/** Whether all of it is known: no part that was not understood. */
export function isKnown(expr: Expr): boolean {
  if (expr.op === 'other') return false;
  if (expr.op === 'concat') return expr.parts.every(isKnown);
  if (expr.op === 'call' && expr.ofRow) return true;
  return expr.op === 'column' || expr.op === 'literal' || isKnown(expr.of);
}
