import { argumentsOf } from '../../python/call.ts';
import { field, type SyntaxNode, textOf } from '../../python/node.ts';
import { mergedValue } from './branches.ts';
import type { TracedCall } from './call.ts';
import { newEnv } from './env.ts';
import { isKnown, isSmall, other } from './expr.ts';
import { evaluate } from './expression.ts';
import { passedBeside, passedByApply } from './passed.ts';
import { runBlock } from './statement.ts';
import { isStraightLine } from './straight-line.ts';
import { cells } from './table.ts';
import {
  type CallArgument,
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
  return run(fn, call, positional.map(call.valueAt), given, passedBeside(call));
}

/** A call by `apply`, `map` and the like; other keyword arguments of theirs are passed on. */
export function callWith(fn: FunctionRef, call: TracedCall, positional: readonly Traced[]): Traced {
  const given = new Map<string, Traced>();
  for (const [name, node] of call.named) if (name !== 'func') given.set(name, call.valueAt(node));
  const more = call.argument('args');
  const further = more.is === 'list' ? more.items : [];
  return run(fn, call, [...positional, ...further], given, passedByApply(call));
}

function run(
  fn: FunctionRef,
  call: TracedCall,
  positional: readonly Traced[],
  named: ReadonlyMap<string, Traced>,
  beside: readonly CallArgument[] | undefined,
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
  const [first] = positional;
  const args = first?.is === 'cells' || first?.is === 'row' || first?.is === 'list' ? beside : undefined;
  trace.passed.push(args);
  const { inRows } = trace;
  const guards = trace.guards.length;
  trace.inRows = false;
  try {
    if (fn.node.type === 'lambda') env.returned.push(evaluate(field(fn.node, 'body'), env, trace));
    else runBlock(field(fn.node, 'body'), env, trace);
  } finally {
    trace.running.pop();
    trace.passed.pop();
    trace.inRows = inRows;
    trace.guards.length = guards;
  }
  const own = trace.embeddings.length === before ? ownEmbedding(fn, call, env, positional, args) : undefined;
  return own ?? resultOf({ fn, args, at: trace.at, node: call.node }, env, positional);
}

const EMBEDS =
  /embed|vectori[sz]e|featuri[sz]e|to_?vec|(^|_)encode(_?(texts?|sentences?|docs?|documents?|passages?|batch|corpus))?$/i;

/**
 * Vectors, where a function of the notebook is named after that, is given texts, and gives something that is no text: the
 * notebook makes them itself, without a library that is known.
 */
function ownEmbedding(
  fn: FunctionRef,
  call: TracedCall,
  env: Env,
  positional: readonly Traced[],
  args: readonly CallArgument[] | undefined,
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
    ...{ node, path: fn.name, own: true as const, maker: undefined, cells: given, literals },
    through: [...trace.running, fn],
    args,
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
function resultOf(called: Called, env: Env, positional: readonly Traced[]): Traced {
  const { fn, args, at, node } = called;
  const result = best(env.returned, fn.node);
  const given = positional.find((value): value is Cells => value.is === 'cells');
  const row = positional.find((value) => value.is === 'row');
  if (result.is === 'mask' && !isStraightLine(fn.node))
    return { ...result, condition: { op: 'other', node } };
  if (result.is === 'vectors' || result.is === 'table' || result.is === 'mask' || result.is === 'dict')
    return result;
  const isPieces =
    result.is === 'list' || (result.is === 'cells' && result.many && result.expr.op !== 'split');
  if (given && !given.many && isPieces)
    return cells(
      given.table,
      { op: 'split', of: given.expr, splitter: { kind: 'function', fn, args, library: undefined, at } },
      true,
    );
  if (result.is === 'cells' && result.expr.op === 'split') {
    const { of, splitter } = result.expr;
    if (!given || given.many || splitter.kind === 'function' || of !== given.expr) return result;
    return {
      ...result,
      expr: { op: 'split', of, splitter: { kind: 'function', fn, args, library: splitter, at } },
    };
  }
  if (given) return named(called, given, given.expr, result, false);
  if (row?.is === 'row') {
    const touched = touchedColumns(result, row.table);
    const of: Cells = cells(row.table, touched, false);
    return result.is === 'row' ? result : named(called, of, touched, result, true);
  }
  return result;
}

/** A call of a function: what it is given after the text or row, where that is known, and where it stands. */
interface Called {
  readonly fn: FunctionRef;
  readonly args: readonly CallArgument[] | undefined;
  readonly at: number;
  readonly node: SyntaxNode;
}

/** Of several tables that may be returned, which it is has to be asked. */
function best(returned: readonly Traced[], node: SyntaxNode): Traced {
  const known = returned.filter(({ is }) => is !== 'unknown' && is !== 'constant');
  const tables = known.filter(({ is }) => is === 'table');
  if (tables.length > 1 && tables.length === known.length)
    return tables.reduce((one, another) => mergedValue(node, one, another));
  return known.find(({ is }) => is === 'vectors') ?? known[0] ?? returned[0] ?? NOTHING;
}

/** What the body does is said only of one that does the same with every text; arguments that are not known make it unknown. */
function named(
  { fn, args, at, node }: Called,
  given: Cells,
  of: Expr,
  result: Traced,
  ofRow: boolean,
): Traced {
  const isStraight = isStraightLine(fn.node);
  if (result.is === 'constant' && isStraight) return result;
  if (!args) return { ...given, expr: other(node, [of]) };
  const isSimple = isStraight && result.is === 'cells' && isKnown(result.expr) && isSmall(result.expr);
  const inner = isSimple ? result.expr : undefined;
  return { ...given, expr: { op: 'call', fn, of, inner, ofRow, args, at } };
}

/** What a function of a row has made its result of. */
function touchedColumns(result: Traced, table: Table): Expr {
  if (result.is === 'cells') return result.expr;
  const names = [...(table.reading?.used.keys() ?? [])].filter((name) => !table.columns.has(name));
  return { op: 'concat', parts: names.map((name) => ({ op: 'column', name })) };
}
