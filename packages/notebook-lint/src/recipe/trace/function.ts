import { argumentsOf } from '../../python/call.ts';
import { field, type SyntaxNode, textOf } from '../../python/node.ts';
import type { TracedCall } from './call.ts';
import { newEnv } from './env.ts';
import { isKnown, isSmall } from './expr.ts';
import { evaluate } from './expression.ts';
import { runBlock } from './statement.ts';
import { cells } from './table.ts';
import {
  type Cells,
  type Embedding,
  type Env,
  type Expr,
  type FunctionRef,
  NOTHING,
  type Table,
  type Traced,
} from './traced.ts';

const MAX_DEPTH = 5;
/** Calls of functions that are followed in one notebook. */
const MAX_CALLS = 2_000;

/** A call of a function of the notebook with the arguments that stand there. */
export function callFunction(fn: FunctionRef, call: TracedCall): Traced {
  const { positional, named } = argumentsOf(call.node);
  const given = new Map<string, Traced>();
  for (const [name, node] of named) given.set(name, call.valueAt(node));
  return run(fn, call, positional.map(call.valueAt), given);
}

/** A call by `apply`, `map` and the like; other keyword arguments of theirs are passed on. */
export function callWith(fn: FunctionRef, call: TracedCall, positional: readonly Traced[]): Traced {
  const given = new Map<string, Traced>();
  for (const [name, node] of call.named) if (name !== 'func') given.set(name, call.valueAt(node));
  return run(fn, call, positional, given);
}

function run(
  fn: FunctionRef,
  call: TracedCall,
  positional: readonly Traced[],
  named: ReadonlyMap<string, Traced>,
): Traced {
  const { trace } = call;
  const tooDeep = trace.running.length >= MAX_DEPTH || trace.running.some(({ node }) => node === fn.node);
  if (tooDeep || ++trace.calls > MAX_CALLS) return NOTHING;
  const env = newEnv(fn.env);
  const parameters = parametersOf(fn.node);
  parameters.forEach(({ name, standard }, index) => {
    const value = positional[index] ?? named.get(name);
    env.names.set(name, value ?? (standard ? evaluate(standard, fn.env, trace) : NOTHING));
  });
  const before = trace.embeddings.length;
  trace.running.push(fn);
  const { inRows } = trace;
  const guards = trace.guards.length;
  trace.inRows = false;
  try {
    if (fn.node.type === 'lambda') env.returned.push(evaluate(field(fn.node, 'body'), env, trace));
    else runBlock(field(fn.node, 'body'), env, trace);
  } finally {
    trace.running.pop();
    trace.inRows = inRows;
    trace.guards.length = guards;
  }
  const own = trace.embeddings.length === before ? ownEmbedding(fn, call, env, positional) : undefined;
  return own ?? resultOf(fn, trace.at, env, positional);
}

const EMBEDS = /embed|vectori[sz]e|encode|featuri[sz]e/i;

/**
 * Vectors, where a function of the notebook is named after that, is given texts, and gives something that is no text: the
 * notebook makes them itself, without a library that is known.
 */
function ownEmbedding(
  fn: FunctionRef,
  call: TracedCall,
  env: Env,
  positional: readonly Traced[],
): Traced | undefined {
  const { trace, node } = call;
  const [texts] = positional;
  if (fn.name === undefined || !EMBEDS.test(fn.name) || !texts) return undefined;
  if (env.returned.length === 0 || env.returned.some(({ is }) => is !== 'unknown')) return undefined;
  const given = texts.is === 'cells' ? texts : undefined;
  const literals = given ? [] : literalsIn(texts);
  if (!given && literals.length === 0) {
    const made = call.positional[0];
    const by = made?.type === 'call' ? call.valueAt(field(made, 'function')) : undefined;
    if (by?.is === 'function' && by.name !== undefined) trace.ofQuestions.push(by);
    return undefined;
  }
  const embedding: Embedding = {
    ...{ node, path: fn.name, maker: undefined, cells: given, literals },
    through: [...trace.running, fn],
    at: trace.at,
  };
  trace.embeddings.push(embedding);
  return { is: 'vectors', embedding };
}

function literalsIn(value: Traced): string[] {
  if (value.is === 'list') return value.items.flatMap(literalsIn);
  return value.is === 'constant' && typeof value.value === 'string' ? [value.value] : [];
}

interface Parameter {
  readonly name: string;
  readonly standard: SyntaxNode | undefined;
}

function parametersOf(node: SyntaxNode): Parameter[] {
  return (field(node, 'parameters')?.children ?? []).flatMap((parameter) => {
    if (parameter.type.includes('splat')) return [];
    const name =
      parameter.type === 'identifier'
        ? parameter
        : (field(parameter, 'name') ?? parameter.children.find(({ type }) => type === 'identifier'));
    return name ? [{ name: textOf(name), standard: field(parameter, 'value') }] : [];
  });
}

/**
 * Vectors, tables and conditions are what they are, whoever made them. A text that was made of a text is named after the
 * function: it is taken over as it stands, unless all of it is known to be something simpler. A list made of one text is
 * its pieces.
 */
function resultOf(fn: FunctionRef, at: number, env: Env, positional: readonly Traced[]): Traced {
  const result = best(env.returned);
  const given = positional.find((value): value is Cells => value.is === 'cells');
  const row = positional.find((value) => value.is === 'row');
  if (result.is === 'vectors' || result.is === 'table' || result.is === 'mask' || result.is === 'dict')
    return result;
  const isPieces =
    result.is === 'list' || (result.is === 'cells' && result.many && result.expr.op !== 'split');
  if (given && !given.many && isPieces)
    return cells(
      given.table,
      { op: 'split', of: given.expr, splitter: { kind: 'function', fn, library: undefined, at } },
      true,
    );
  if (result.is === 'cells' && result.expr.op === 'split') {
    const { of, splitter } = result.expr;
    if (!given || given.many || splitter.kind === 'function' || of !== given.expr) return result;
    return {
      ...result,
      expr: { op: 'split', of, splitter: { kind: 'function', fn, library: splitter, at } },
    };
  }
  if (given) return named(fn, at, given, given.expr, result, false);
  if (row?.is === 'row') {
    const touched = touchedColumns(result, row.table);
    const of: Cells = cells(row.table, touched, false);
    return result.is === 'row' ? result : named(fn, at, of, touched, result, true);
  }
  return result;
}

function best(returned: readonly Traced[]): Traced {
  return (
    returned.find(({ is }) => is === 'vectors') ??
    returned.find(({ is }) => is !== 'unknown' && is !== 'constant') ??
    returned[0] ??
    NOTHING
  );
}

function named(fn: FunctionRef, at: number, given: Cells, of: Expr, result: Traced, ofRow: boolean): Traced {
  if (result.is === 'constant') return result;
  const inner =
    result.is === 'cells' && isKnown(result.expr) && isSmall(result.expr) ? result.expr : undefined;
  return { ...given, expr: { op: 'call', fn, of, inner, ofRow, at } };
}

/** What a function of a row has made its result of. */
function touchedColumns(result: Traced, table: Table): Expr {
  if (result.is === 'cells') return result.expr;
  const names = [...(table.reading?.used.keys() ?? [])].filter((name) => !table.columns.has(name));
  return { op: 'concat', parts: names.map((name) => ({ op: 'column', name })) };
}
