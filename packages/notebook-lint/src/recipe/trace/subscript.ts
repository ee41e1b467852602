import { field, type SyntaxNode, textOf } from '../../python/node.ts';
import { contextOf } from './call.ts';
import { constantsOf, mask } from './condition.ts';
import { other } from './expr.ts';
import { evaluate, evaluateChildren, subscriptKeys } from './expression.ts';
import { callWith } from './function.ts';
import { after, cells, columnOf, noteUse } from './table.ts';
import type { Trace } from './trace.ts';
import { type Env, NOTHING, type Step, type Table, type Traced } from './traced.ts';

/** `df["text"]`, `df[mask]`, `df.loc[mask, "text"]`, `texts[:100]`, `text[:2000]`, `CONFIG["path"]`. */
export function subscriptOf(node: SyntaxNode, env: Env, trace: Trace): Traced {
  const owner = evaluate(field(node, 'value'), env, trace);
  const keys = subscriptKeys(node);
  const values = keys.map((key) => evaluate(key, env, trace));
  const [key] = keys;
  const [value] = values;
  if (!key || !value) return NOTHING;
  if (owner.is === 'table') return ofTable(node, owner.table, keys, values, env, trace);
  if (owner.is === 'row')
    return value.is === 'constant' && typeof value.value === 'string'
      ? columnOf(owner.table, value.value, node, false)
      : owner;
  if (owner.is === 'cells') return ofCells(node, owner, key, value, env, trace);
  if (owner.is === 'vectors') return owner;
  if (owner.is === 'dict' && value.is === 'constant')
    return owner.entries.get(String(value.value)) ?? NOTHING;
  if (owner.is === 'list') return ofList(owner, key, value);
  return NOTHING;
}

function ofList(owner: Extract<Traced, { is: 'list' }>, key: SyntaxNode, value: Traced): Traced {
  if (key.type === 'slice') return owner;
  const index = value.is === 'constant' ? Number(value.value) : Number.NaN;
  return owner.items.at(index) ?? (owner.items.length === 1 ? owner.items[0]! : NOTHING);
}

function ofTable(
  node: SyntaxNode,
  table: Table,
  keys: readonly SyntaxNode[],
  values: readonly Traced[],
  env: Env,
  trace: Trace,
): Traced {
  const [key, columns] = keys;
  const [given, second] = values;
  const value = given?.is === 'function' ? called(given, node, table, env, trace) : given;
  if (keys.length > 1 && columns) {
    const rows = ofTable(node, table, [key!], [value!], env, trace);
    const within = rows.is === 'table' ? rows.table : table;
    if (second?.is === 'constant' && typeof second.value === 'string')
      return columnOf(within, second.value, node);
    return second ? selected(within, second, node) : { is: 'table', table: within };
  }
  if (key!.type === 'slice') return { is: 'table', table: cut(table, node, key!, env, trace) };
  if (value!.is === 'mask')
    return { is: 'table', table: after(table, { op: 'filter', condition: value!.condition, node }) };
  // A mask that is a column: a filter whose meaning is not known.
  if (value!.is === 'cells')
    return {
      is: 'table',
      table: after(table, { op: 'filter', condition: { op: 'other', node: key! }, node }),
    };
  if (value!.is === 'constant' && typeof value!.value === 'string')
    return splitOrColumn(table, value!.value, node);
  if (value!.is === 'list') return selected(table, value!, node);
  if (value!.is === 'unknown' && /\.loc$/.test(textOf(field(node, 'value') ?? node)))
    return {
      is: 'table',
      table: after(table, { op: 'filter', condition: { op: 'other', node: key! }, node }),
    };
  if (/_operator$/.test(key!.type))
    return {
      is: 'table',
      table: after(table, { op: 'filter', condition: { op: 'other', node: key! }, node }),
    };
  // Of a dataset, and by `iloc`, a number gives a row; elsewhere what is not known may be any column.
  const byName = /col|field|text|key|name|label/i.test(textOf(key!));
  if (value!.is === 'constant' || (!byName && isByPlace(node, table))) return { is: 'row', table };
  return cells(table, { op: 'other', node, of: [] }, true);
}

/** `df.loc[lambda d: d["a"] > 1]`. */
function called(
  fn: Extract<Traced, { is: 'function' }>,
  node: SyntaxNode,
  table: Table,
  env: Env,
  trace: Trace,
): Traced {
  const condition = callWith(fn, contextOf(node, env, trace), [{ is: 'table', table }]);
  return condition.is === 'unknown' ? mask(table, { op: 'other', node }) : condition;
}

function isUnknownPart({ many, expr }: Extract<Traced, { is: 'cells' }>): boolean {
  return many && expr.op === 'other' && expr.of.length === 0 && expr.node.type === 'subscript';
}

function isByPlace(node: SyntaxNode, table: Table): boolean {
  return (
    /^(datasets|json|pickle)\./.test(table.reading?.path ?? '') ||
    /\.(iloc|loc|values|at|iat)\s*$/.test(textOf(field(node, 'value') ?? node))
  );
}

/** `load_dataset("x")["train"]` is a part of a dataset, not a column. */
function splitOrColumn(table: Table, name: string, node: SyntaxNode): Traced {
  const isSplit = /^(train|test|validation|dev|unsupervised)$/.test(name);
  if (isSplit && /^datasets\./.test(table.reading?.path ?? '')) return { is: 'table', table };
  return columnOf(table, name, node);
}

/** `df[["a", "b"]]`: the same rows; that the columns are kept is noted. */
export function selected(table: Table, list: Traced, node: SyntaxNode): Traced {
  for (const name of constantsOf(list) ?? [])
    if (typeof name === 'string' && !table.columns.has(name)) noteUse(table, name, node);
  return { is: 'table', table };
}

/** `[:1000]` is a sample, `[1000:]` and `[::2]` leave rows out; `[i:i + n]` in a loop walks over all. */
function cut(table: Table, node: SyntaxNode, slice: SyntaxNode, env: Env, trace: Trace): Table {
  const { start = 0, end, step = 1 } = bounds(slice, env, trace);
  if (isBatch(slice, env, trace)) return table;
  if (step === -1 && start === 0 && end === undefined) return table;
  if (step !== 1 || start < 0 || (start > 0 && end === undefined) || (end ?? 0) < 0)
    return after(table, { op: 'filter', condition: { op: 'other', node: slice }, node });
  if (end === undefined) return table;
  const rows = end - start;
  return after(table, { op: 'sample', how: 'first', rows, share: undefined, seed: undefined, node });
}

function isBatch(slice: SyntaxNode, env: Env, trace: Trace): boolean {
  return evaluateChildren(slice, env, trace).some((bound) => bound.is === 'unknown');
}

/** Of `start:end:step`, those that are written and known. */
function bounds(slice: SyntaxNode, env: Env, trace: Trace) {
  const written = splitAtColons(slice);
  const [start, end, step] = written.map((node) => {
    const value = evaluate(node, env, trace);
    return value.is === 'constant' && typeof value.value === 'number' ? value.value : undefined;
  });
  return { start, end, step };
}

/** The bounds by their place: between colons, of which the tree tells only where they are not. */
function splitAtColons(slice: SyntaxNode): (SyntaxNode | undefined)[] {
  const found: (SyntaxNode | undefined)[] = [undefined, undefined, undefined];
  let [place, from] = [0, slice.start];
  for (const bound of slice.children) {
    place += slice.source.code.slice(from, bound.start).split(':').length - 1;
    if (place < 3) found[place] = bound;
    from = bound.end;
  }
  return found;
}

function ofCells(
  node: SyntaxNode,
  owner: Extract<Traced, { is: 'cells' }>,
  key: SyntaxNode,
  value: Traced,
  env: Env,
  trace: Trace,
): Traced {
  if (key.type === 'slice') {
    if (owner.many && !/\.str$/.test(textOf(field(node, 'value') ?? node)))
      return cells(cut(owner.table, node, key, env, trace), owner.expr, true);
    const { start, end, step } = bounds(key, env, trace);
    if (isBatch(key, env, trace) || (step !== undefined && step !== 1))
      return { ...owner, expr: other(node, [owner.expr]) };
    return { ...owner, expr: { op: 'slice', of: owner.expr, start, end } };
  }
  // `df[keep]` of which nothing is known, and then a column of it: `keep` was a condition.
  if (isUnknownPart(owner) && value.is === 'constant' && typeof value.value === 'string') {
    const step: Step = {
      op: 'filter',
      condition: owner.expr.op === 'other' ? { op: 'other', node: owner.expr.node } : { op: 'other', node },
      node,
    };
    return columnOf(after(owner.table, step), value.value, node);
  }
  if (value.is === 'mask') {
    const step: Step = { op: 'filter', condition: value.condition, node };
    return cells(after(owner.table, step), owner.expr, owner.many);
  }
  const isOfText = /\.str\s*$/.test(textOf(field(node, 'value') ?? node));
  return owner.many && !isOfText
    ? cells(owner.table, owner.expr, false)
    : { ...owner, expr: other(node, [owner.expr]) };
}
