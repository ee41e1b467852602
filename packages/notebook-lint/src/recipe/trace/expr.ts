import type { SyntaxNode } from '../../python/node.ts';
import { columnsIn } from './table.ts';
import type { Expr, Traced } from './traced.ts';

/** Something that is not followed, made of these columns: what was done with them before says nothing any more. */
export function other(node: SyntaxNode, of: readonly Expr[]): Expr {
  const names = new Set(of.flatMap(columnsIn));
  return { op: 'other', node, of: [...names].map((name) => ({ op: 'column', name })) };
}

/** Longer texts are put together by a program, not by a person. */
const MOST_PARTS = 200;

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
  if (flat.length > MOST_PARTS) return other(node, known);
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

const MOST_NODES = 500;

/** Whether an expression is small enough to be kept beside the function that made it, functions within functions counted. */
export function isSmall(expr: Expr): boolean {
  let left = MOST_NODES;
  const visit = (at: Expr): void => {
    if (--left < 0 || at.op === 'column' || at.op === 'literal') return;
    if (at.op === 'concat') at.parts.forEach(visit);
    else if (at.op === 'other') at.of.forEach(visit);
    else visit(at.of);
    if (at.op === 'call' && at.inner) visit(at.inner);
  };
  visit(expr);
  return left >= 0;
}
