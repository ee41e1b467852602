import { argumentsOf, calledName, receiverOf } from '../../python/call.ts';
import { field, type SyntaxNode, textOf } from '../../python/node.ts';
import { cellsMethod } from './cells-method.ts';
import { embeddingOf } from './embedding.ts';
import { other } from './expr.ts';
import { evaluate } from './expression.ts';
import { callFunction } from './function.ts';
import { guarded } from './guards.ts';
import { noteIds } from './ids.ts';
import { libraryResult } from './library.ts';
import { readingOf } from './reader.ts';
import { grow } from './statement.ts';
import { after, columnsIn, sharedSteps } from './table.ts';
import { tableMethod } from './table-method.ts';
import type { Trace } from './trace.ts';
import { type Cells, type Env, NOTHING, type Step, type Table, type Traced } from './traced.ts';
import { noteWriting } from './written.ts';

/** A call as those who know libraries see it. */
export interface TracedCall {
  readonly node: SyntaxNode;
  readonly name: string;
  /** `pandas.read_csv`; `?` where nothing is known. */
  readonly path: string;
  readonly receiver: Traced;
  readonly receiverNode: SyntaxNode | undefined;
  readonly positional: readonly SyntaxNode[];
  readonly named: ReadonlyMap<string, SyntaxNode>;
  readonly env: Env;
  readonly trace: Trace;
  /** What an argument is: by keyword, else by position. */
  argument(name: string, position?: number): Traced;
  valueAt(node: SyntaxNode | undefined): Traced;
}

export function evaluateCall(node: SyntaxNode, env: Env, trace: Trace): Traced {
  const functionNode = field(node, 'function');
  const callee = evaluate(functionNode, env, trace);
  const list = field(node, 'arguments');
  if (list?.type === 'generator_expression') evaluate(list, env, trace);
  for (const argument of list?.children ?? [])
    if (argument.type === 'keyword_argument') evaluate(field(argument, 'value'), env, trace);
    else evaluate(argument, env, trace);
  const call = contextOf(node, env, trace);
  noteWriting(call);
  noteIds(call);
  if (callee.is === 'function') return callFunction(callee, call);
  return embeddingOf(call) ?? readingOf(call) ?? ofReceiver(call) ?? libraryResult(call) ?? NOTHING;
}

/** Methods of models that give the model itself. */
const SAME_MODEL = /\.(half|eval|to|cuda|cpu|float|bfloat16)\(\)/g;

export function contextOf(node: SyntaxNode, env: Env, trace: Trace): TracedCall {
  const { positional, named } = argumentsOf(node);
  const receiverNode = receiverOf(node);
  const valueAt = (at: SyntaxNode | undefined) => (at && trace.values.get(at)) ?? NOTHING;
  return {
    ...{ node, positional, named, env, trace, receiverNode, valueAt },
    name: calledName(node) ?? '',
    path: (trace.analysis.knownOf(field(node, 'function')).path ?? '?').replace(SAME_MODEL, ''),
    receiver: valueAt(receiverNode),
    argument: (name, position) =>
      valueAt(named.get(name) ?? (position === undefined ? undefined : positional[position])),
  };
}

function ofReceiver(call: TracedCall): Traced | undefined {
  const { receiver, name } = call;
  if (receiver.is === 'table') return tableMethod(call, receiver.table);
  if (receiver.is === 'row') {
    const key = call.argument('key', 0);
    return name === 'get' && key.is === 'constant' && typeof key.value === 'string'
      ? evaluateGet(call, key.value)
      : receiver;
  }
  if (receiver.is === 'cells') return lengthened(call, receiver) ?? cellsMethod(call, receiver);
  if (receiver.is === 'vectors') return receiver;
  if (receiver.is === 'list') return ofList(call, receiver);
  if (receiver.is === 'dict')
    return name === 'get'
      ? receiver.entries.get(String(constantOf(call.argument('key', 0)) ?? ''))
      : undefined;
  if (receiver.is === 'constant' && typeof receiver.value === 'string') return ofText(call, receiver.value);
  return undefined;
}

function evaluateGet({ receiver, node }: TracedCall, name: string): Traced | undefined {
  if (receiver.is !== 'row') return undefined;
  const { table } = receiver;
  return (
    table.columns.get(name) ?? {
      is: 'cells',
      table,
      expr: { op: 'other', node, of: [{ op: 'column', name }] },
      many: false,
    }
  );
}

function ofList(call: TracedCall, list: Extract<Traced, { is: 'list' }>): Traced | undefined {
  const { name, receiverNode, env } = call;
  const value = call.argument('object', 0);
  if (name === 'append' || name === 'extend') {
    if (receiverNode?.type === 'identifier') grow(textOf(receiverNode), list, value, env, call.trace);
    else list.items.push(guarded(value.is === 'cells' ? { ...value, many: true } : value, call.trace));
    return NOTHING;
  }
  return name === 'copy' ? list : undefined;
}

/** A list of texts that gets those of another column too: which rows they are is not followed. */
function lengthened(call: TracedCall, list: Cells): Traced | undefined {
  const { name, receiverNode, env, node } = call;
  if (!list.many || (name !== 'append' && name !== 'extend') || receiverNode?.type !== 'identifier')
    return undefined;
  const value = guarded(call.argument('object', 0), call.trace);
  const sameColumns =
    value.is === 'cells' && JSON.stringify(columnsIn(value.expr)) === JSON.stringify(columnsIn(list.expr));
  const sameRows = value.is !== 'cells' || areSameRows(value.table, list.table);
  if (sameColumns && sameRows) return NOTHING;
  const also = value.is === 'cells' ? [value.expr] : [];
  const expr = sameColumns ? list.expr : other(node, [list.expr, ...also]);
  const table = sameRows ? list.table : ofEither(list.table, value.table, { op: 'other', name, node });
  env.names.set(textOf(receiverNode), { ...list, table, expr });
  return NOTHING;
}

/** Whether two parts of a list are of the rows for which the same conditions hold. */
function areSameRows(one: Table, another: Table): boolean {
  const shared = sharedSteps(one, another).length;
  return one.reading === another.reading && shared === one.steps.length && shared === another.steps.length;
}

function ofEither(one: Table, another: Table, step: Step): Table {
  return after({ ...one, steps: sharedSteps(one, another) }, step);
}

/** Literals stay known through what people do with paths and names. */
function ofText(call: TracedCall, text: string): Traced | undefined {
  const { name } = call;
  if (name === 'strip') return { is: 'constant', value: text.trim() };
  if (name === 'lower') return { is: 'constant', value: text.toLowerCase() };
  const [from, to] = [textOfConstant(call.argument('', 0)), textOfConstant(call.argument('', 1))];
  if (name === 'replace' && from !== undefined && to !== undefined)
    return { is: 'constant', value: text.replaceAll(from, to) };
  if (name === 'upper') return { is: 'constant', value: text.toUpperCase() };
  if (name === 'join') {
    const value = call.argument('iterable', 0);
    // Texts of several rows become one.
    if (value.is === 'cells') return { ...value, expr: other(call.node, [value.expr]), many: false };
    return value.is === 'list' ? joinedList(text, value.items) : undefined;
  }
  if (name === 'format') return undefined;
  return name === 'resolve' || name === 'expanduser' || name === 'absolute'
    ? { is: 'constant', value: text }
    : undefined;
}

function joinedList(separator: string, items: readonly Traced[]): Traced | undefined {
  const of = items.find((item) => item.is === 'cells');
  if (!of || items.some((item) => item.is !== 'cells' && item.is !== 'constant')) return undefined;
  const parts = items.flatMap((item, index) => [
    ...(index > 0 ? [{ op: 'literal', value: separator } as const] : []),
    item.is === 'cells' ? item.expr : ({ op: 'literal', value: String(constantOf(item)) } as const),
  ]);
  return { ...of, expr: { op: 'concat', parts } };
}

export function constantOf(value: Traced) {
  return value.is === 'constant' ? value.value : undefined;
}

export function textOfConstant(value: Traced): string | undefined {
  const constant = constantOf(value);
  return typeof constant === 'string' ? constant : undefined;
}

export function numberOfConstant(value: Traced): number | undefined {
  const constant = constantOf(value);
  return typeof constant === 'number' ? constant : undefined;
}

/** Names of columns, given as one text or as a list of them. */
export function namesOf(value: Traced): string[] | undefined {
  if (value.is === 'list') {
    const names = value.items.map(textOfConstant).filter((name) => name !== undefined);
    return names.length === value.items.length ? names : undefined;
  }
  const name = textOfConstant(value);
  return name === undefined ? undefined : [name];
}
