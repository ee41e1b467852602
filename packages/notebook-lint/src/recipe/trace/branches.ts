import { field, type SyntaxNode } from '../../python/node.ts';
import { other } from './expr.ts';
import { after, cells, sameStep, sharedSteps } from './table.ts';
import type { Cells, Env, Expr, Table, Traced } from './traced.ts';

/** Runs the sides of a branch that is not decided, each from the same state, and leaves what both agree on. */
export function runEither(node: SyntaxNode, sides: readonly (() => void)[], env: Env): void {
  const tables = tablesIn(env);
  const before = stateOf(tables, env);
  const ends = sides.map((side) => {
    restore(before, env);
    side();
    return stateOf(new Set([...tables, ...tablesIn(env)]), env);
  });
  restore(before, env);
  const merged = ends.reduce((left, right) => ({
    names: mergedNames(node, left.names, right.names),
    tables: new Map([...left.tables, ...right.tables]),
  }));
  for (const [name, value] of merged.names) env.names.set(name, value);
  for (const table of tables) {
    const [first, ...others] = ends.flatMap((end) => end.tables.get(table) ?? []);
    if (!first) continue;
    const whole = others.reduce((one, another) => mergedTable(node, one, another), first);
    table.steps.splice(0, table.steps.length, ...whole.steps);
    setAll(table.columns, whole.columns);
  }
}

interface State {
  readonly names: ReadonlyMap<string, Traced>;
  readonly tables: ReadonlyMap<Table, Table>;
}

function stateOf(tables: ReadonlySet<Table>, env: Env): State {
  return {
    names: new Map(env.names),
    tables: new Map([...tables].map((table) => [table, after(table)])),
  };
}

function restore({ names, tables }: State, env: Env): void {
  setAll(env.names, names);
  for (const [table, { steps, columns }] of tables) {
    table.steps.splice(0, table.steps.length, ...steps);
    setAll(table.columns, columns);
  }
}

function setAll<T>(map: Map<string, T>, values: ReadonlyMap<string, T>): void {
  map.clear();
  for (const [name, value] of values) map.set(name, value);
}

/** Tables that names stand for: assignments of columns and `inplace=True` change them. */
function tablesIn(env: Env): Set<Table> {
  const found = new Set<Table>();
  for (let at: Env | undefined = env; at; at = at.outer)
    for (const value of at.names.values())
      if (value.is === 'table' || value.is === 'row') found.add(value.table);
  return found;
}

function mergedNames(
  node: SyntaxNode,
  left: ReadonlyMap<string, Traced>,
  right: ReadonlyMap<string, Traced>,
): Map<string, Traced> {
  const merged = new Map(left);
  for (const [name, value] of right) {
    const one = left.get(name);
    merged.set(name, one === undefined ? value : mergedValue(node, one, value));
  }
  return merged;
}

/** What a name is after either side; of vectors and lists the one that is known. */
export function mergedValue(node: SyntaxNode, one: Traced, another: Traced): Traced {
  if (one === another) return one;
  if (one.is === 'vectors') return one;
  if (another.is === 'vectors') return another;
  if (one.is === 'table' && another.is === 'table')
    return { is: 'table', table: mergedTable(node, one.table, another.table) };
  if (one.is === 'cells' && another.is === 'cells') return mergedCells(node, one, another);
  for (const [value, beside] of [
    [one, another],
    [another, one],
  ] as const) {
    // A list that only one side makes longer has the rows for which that side runs.
    if (value.is === 'cells' && beside.is === 'list' && beside.items.length === 0) return value;
  }
  if (one.is === 'mask' && another.is === 'mask') return { ...another, condition: { op: 'other', node } };
  if (one.is === 'constant' && another.is === 'constant')
    return one.value === another.value ? one : { is: 'unknown' };
  // A table or a text that may also be something else: that it may is a question.
  for (const value of [one, another]) {
    if (value.is === 'table') return { is: 'table', table: unsure(node, value.table) };
    if (value.is === 'cells')
      return { ...value, table: unguarded(node, value.table), expr: other(node, [value.expr]) };
    if (value.is === 'list') return value;
  }
  return one.is === 'unknown' || one.is === another.is ? another : { is: 'unknown' };
}

function mergedCells(node: SyntaxNode, one: Cells, another: Cells): Cells {
  const expr = exprOfEither(node, one.expr, another.expr);
  const table = mergedTable(node, unguarded(node, one.table), unguarded(node, another.table));
  return cells(table, expr, one.many || another.many);
}

/** A text that is cut where it is long, and else taken whole, is cut. */
function exprOfEither(node: SyntaxNode, one: Expr, another: Expr): Expr {
  if (sameJson(one, another)) return one;
  if (one.op === 'split' && sameJson(one.of, another)) return one;
  if (another.op === 'split' && sameJson(another.of, one)) return another;
  return other(node, [one, another]);
}

/** Without the condition of the branch itself: what both sides keep does not depend on it. */
function unguarded(node: SyntaxNode, table: Table): Table {
  const condition = field(node, 'condition');
  const steps = table.steps.filter((step) => step.node !== condition);
  return steps.length === table.steps.length ? table : { ...table, steps };
}

function unsure(node: SyntaxNode, table: Table): Table {
  return after(table, { op: 'other', name: 'if', node });
}

/** A sample is no question, wherever it is taken; other steps and other columns are. */
function mergedTable(node: SyntaxNode, one: Table, another: Table): Table {
  if (one === another) return one;
  if (one.reading !== another.reading) return unsure(node, another);
  const made = withSteps(node, one, another);
  for (const name of new Set([...one.columns.keys(), ...another.columns.keys()])) {
    const [a, b] = [one.columns.get(name), another.columns.get(name)];
    if (a !== undefined && b !== undefined && sameValue(a, b)) made.columns.set(name, b);
    else made.columns.set(name, columnOfEither(node, made, name, [a, b]));
  }
  return made;
}

function columnOfEither(
  node: SyntaxNode,
  table: Table,
  name: string,
  values: readonly (Traced | undefined)[],
): Traced {
  const vectors = values.find((value) => value?.is === 'vectors');
  if (vectors) return vectors;
  const of = values.map((value) => (value?.is === 'cells' ? value.expr : ({ op: 'column', name } as const)));
  return cells(table, other(node, of), true);
}

function withSteps(node: SyntaxNode, one: Table, another: Table): Table {
  const longer = one.steps.length > another.steps.length ? one : another;
  const shorter = longer === one ? another : one;
  const isStart = shorter.steps.every((step, at) => sameStep(step, longer.steps[at]!));
  const more = longer.steps.slice(shorter.steps.length);
  if (isStart && more.every(({ op }) => op === 'sample')) return after(longer);
  return unsure(node, { ...longer, steps: sharedSteps(one, another) });
}

function sameValue(one: Traced, another: Traced): boolean {
  if (one === another) return true;
  return one.is === 'cells' && another.is === 'cells' && sameJson(one.expr, another.expr);
}

/** Expressions hold nodes, which know their parents: those are compared by place. */
function sameJson(one: unknown, another: unknown): boolean {
  return shown(one) === shown(another);
}

function shown(value: unknown): string {
  return JSON.stringify(value, (key, part: unknown) => {
    if (key === 'fn' || key === 'splitter') return placeOf((part as { node?: SyntaxNode }).node);
    return key === 'node' ? placeOf(part as SyntaxNode) : part;
  });
}

function placeOf(node: SyntaxNode | undefined): string {
  return node ? `${node.source.cell}:${node.start}` : '';
}
