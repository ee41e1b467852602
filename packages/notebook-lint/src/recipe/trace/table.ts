import type { SyntaxNode } from '../../python/node.ts';
import type { Formula } from '../recipe.ts';
import type { Cells, Expr, Reading, Step, Table, Traced } from './traced.ts';

export function newReading(node: SyntaxNode, path: string, parts = false): Reading {
  return { node, path, parts, used: new Map(), ids: new Map(), times: new Map() };
}

export function newTable(reading: Reading | undefined): Table {
  return { reading, steps: [], columns: new Map() };
}

/** The same rows after one more step, as a table of its own. */
export function after(table: Table, ...steps: Step[]): Table {
  const { reading, filled } = table;
  const made = { reading, steps: [...table.steps, ...steps], columns: new Map(table.columns) };
  return filled === undefined ? made : { ...made, filled };
}

/** Whether two steps are one: of the same place, and of a branch the same side. */
export function sameStep(one: Step, another: Step): boolean {
  if (one === another) return true;
  if (one.node !== another.node || one.op !== another.op) return false;
  return one.op !== 'filter' || another.op !== 'filter' || one.condition === another.condition;
}

/** Steps that two tables begin with. */
export function sharedSteps(one: Table, another: Table): Step[] {
  const end = one.steps.findIndex((step, at) => {
    const beside = another.steps[at];
    return beside === undefined || !sameStep(step, beside);
  });
  return end < 0 ? [...one.steps] : one.steps.slice(0, end);
}

/** A column of a table; that the notebook names it is noted with the source. */
export function columnOf(table: Table, name: string, node: SyntaxNode, many = true): Traced {
  const made = table.columns.get(name);
  if (made) return made.is === 'cells' ? { ...made, table, many } : made;
  noteUse(table, name, node);
  const column: Expr = { op: 'column', name };
  const { filled } = table;
  return cells(table, filled === undefined ? column : { op: 'fill', of: column, value: filled }, many);
}

export function noteUse({ reading }: Table, name: string, node: SyntaxNode): void {
  if (!reading) return;
  const places = reading.used.get(name);
  if (!places) reading.used.set(name, [node]);
  else places.push(node);
}

export function cells(table: Table, expr: Expr, many: boolean): Cells {
  return { is: 'cells', table, expr, many };
}

/** Columns of the source that an expression, or the formula that it becomes, is made of, each once, in order. */
export function columnsIn(expr: Expr | Formula): string[] {
  const found = new Set<string>();
  const visit = (at: Expr | Formula): void => {
    if (at.op === 'column') found.add(at.name);
    else if (at.op === 'concat') at.parts.forEach(visit);
    else if (at.op === 'other') at.of.forEach(visit);
    else if (at.op !== 'literal') visit(at.of);
  };
  visit(expr);
  return [...found];
}
