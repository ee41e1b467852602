import { type SyntaxNode, textOf } from '../../python/node.ts';
import { constantOf, namesOf, type TracedCall, textOfConstant } from './call.ts';
import { callWith } from './function.ts';
import { resolved } from './resolve.ts';
import { selected } from './subscript.ts';
import { after, cells, columnOf, columnsIn, noteUse } from './table.ts';
import type { Trace } from './trace.ts';
import { type Embedding, NOTHING, type Table, type Traced } from './traced.ts';

/** `df.fillna("")`: from then on nothing is that text. */
export function filledTable(call: TracedCall, table: Table): Traced | undefined {
  if (!/^(fillna|fill_null)$/.test(call.name)) return undefined;
  const value = call.argument('value', 0);
  const filled = constantOf(value);
  const made: Table = typeof filled === 'string' ? { ...after(table), filled } : after(table);
  if (value.is === 'dict')
    for (const [name, one] of value.entries) {
      const column = columnOf(table, name, call.node);
      const text = constantOf(one);
      if (column.is === 'cells' && text !== undefined)
        made.columns.set(name, cells(made, { op: 'fill', of: column.expr, value: String(text) }, true));
    }
  if (constantOf(call.argument('inplace')) !== true) return { is: 'table', table: made };
  for (const [name, one] of made.columns) table.columns.set(name, one);
  if (typeof filled === 'string') table.filled = filled;
  return NOTHING;
}

/** `withColumn`, `with_columns`, `assign`, `rename`, `select` with new names. */
export function columnsMade(call: TracedCall, table: Table): Traced | undefined {
  const { name, node } = call;
  if (name === 'withColumn') {
    const made = after(table);
    const column = textOfConstant(call.argument('colName', 0));
    if (column !== undefined)
      made.columns.set(column, rebased(call.argument('col', 1), made, node, call.trace));
    return { is: 'table', table: made };
  }
  if (name === 'assign') {
    const made = after(table);
    for (const [column, value] of call.named) made.columns.set(column, assigned(call, value, made));
    return { is: 'table', table: made };
  }
  if (name === 'rename' || name === 'withColumnRenamed') return renamed(call, table);
  if (name === 'with_columns' || name === 'select') {
    const made = after(table);
    for (const at of call.positional) {
      const value = call.valueAt(at);
      const column = aliasOf(at, call);
      if (column !== undefined) made.columns.set(column, rebased(value, made, node, call.trace));
      else noteNames(table, value, node);
    }
    for (const [column, value] of call.named)
      made.columns.set(column, rebased(call.valueAt(value), made, node, call.trace));
    return { is: 'table', table: made };
  }
  return undefined;
}

function assigned(call: TracedCall, at: SyntaxNode, made: Table): Traced {
  const value = call.valueAt(at);
  return rebased(
    value.is === 'function' ? callWith(value, call, [{ is: 'table', table: made }]) : value,
    made,
    call.node,
    call.trace,
  );
}

/** `.alias("text")` of an expression. */
function aliasOf(node: SyntaxNode, { valueAt }: TracedCall): string | undefined {
  if (node.type !== 'call' || !/\.alias$/.test(textOf(node.children[0]!))) return undefined;
  const [name] = node.children.at(-1)?.children ?? [];
  return textOfConstant(valueAt(name));
}

/** Cells of `F.col("a")` belong to whatever table they are used with. */
function rebased(value: Traced, table: Table, node: SyntaxNode, trace: Trace): Traced {
  if (value.is === 'vectors') return rebasedVectors(value.embedding, table, node, trace);
  if (value.is !== 'cells') return value;
  for (const name of columnsIn(value.expr)) if (!table.columns.has(name)) noteUse(table, name, node);
  const expr = resolved(value.expr, table);
  if (expr.op === 'time' && expr.of.op === 'column')
    table.reading?.times.set(expr.of.name, { node, format: expr.format });
  return cells(table, expr, true);
}

/** Vectors of `F.col("text")`: of the texts of this table, which is known only now. */
function rebasedVectors(
  embedding: Embedding | undefined,
  table: Table,
  node: SyntaxNode,
  trace: Trace,
): Traced {
  if (!embedding?.cells || embedding.cells.table.reading) return { is: 'vectors', embedding };
  const of = rebased(embedding.cells, table, node, trace);
  const whole = of.is === 'cells' ? { ...embedding, cells: of } : embedding;
  const at = trace.embeddings.indexOf(embedding);
  if (at >= 0) trace.embeddings[at] = whole;
  return { is: 'vectors', embedding: whole };
}

function renamed(call: TracedCall, table: Table): Traced {
  const made = after(table);
  const names = call.argument('columns', 0);
  const pairs: [string, string | undefined][] =
    names.is === 'dict'
      ? [...names.entries].map(([from, to]) => [from, textOfConstant(to)])
      : [[textOfConstant(names) ?? '', textOfConstant(call.argument('new', 1))]];
  for (const [from, to] of pairs)
    if (to !== undefined && from !== '') made.columns.set(to, columnOf(table, from, call.node));
  if (constantOf(call.argument('inplace')) === true)
    for (const [name, value] of made.columns) table.columns.set(name, value);
  return { is: 'table', table: made };
}

/** That columns are named is noted with the source. */
export function noteNames(table: Table, value: Traced, node: SyntaxNode): void {
  if (value.is === 'constant' || value.is === 'list') {
    const names = namesOf(value);
    if (names)
      selected(table, { is: 'list', items: names.map((name) => ({ is: 'constant', value: name })) }, node);
  }
}
