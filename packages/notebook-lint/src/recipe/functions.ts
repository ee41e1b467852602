import { type SyntaxNode, textOf } from '../python/node.ts';
import { originOf } from './origin.ts';
import type { FunctionSource } from './recipe.ts';
import { closedSlice, contains, namesBound } from './slice.ts';
import type { Trace } from './trace/trace.ts';
import type { FunctionRef } from './trace/traced.ts';

/** The notebook's own functions that are taken over, each with the closed slice of the notebook that it needs. */
export class Functions {
  readonly #trace: Trace;
  readonly #until: number;
  readonly #kept = new Map<SyntaxNode, FunctionSource>();
  /** By name, the statements that give it a value: one module cannot hold two meanings of a name. */
  readonly #meanings = new Map<string, string>();

  /** `until`: place of the statement by which all must be defined: names may mean something else later. */
  constructor(trace: Trace, until = Number.POSITIVE_INFINITY) {
    this.#trace = trace;
    this.#until = until;
  }

  /**
   * Keeps a function that was called `at` a statement; gives the name by which it is called. A lambda gets one. undefined
   * where a name that it needs, or its own, already means something else.
   */
  keep(fn: FunctionRef, at = this.#until): string | undefined {
    const before = this.#kept.get(fn.node);
    if (before) return before.name;
    const taken = new Set([...this.all().map(({ name }) => name), ...this.#meanings.keys()]);
    let name = fn.name ?? 'step';
    for (let n = 2; fn.name === undefined && taken.has(name); n++) name = `step_${n}`;
    const whole = wholeOf(fn);
    const { statements, missing } = closedSlice(whole, this.#trace, at);
    if (!this.#agrees(name, whole, statements)) return undefined;
    this.#kept.set(fn.node, sourceOf(fn, name, statements, missing, this.#trace));
    return name;
  }

  /** Whether all that it needs is there: else it does not run. */
  isWhole(name: string): boolean {
    return this.all().some((one) => one.name === name && one.missing.length === 0);
  }

  #agrees(own: string, whole: SyntaxNode, statements: readonly SyntaxNode[]): boolean {
    const meanings = new Map<string, string>([[own, placeOf(whole)]]);
    for (const statement of statements)
      for (const name of namesBound(statement))
        if (name !== own) meanings.set(name, `${meanings.get(name) ?? ''} ${placeOf(statement)}`.trim());
    for (const [name, meaning] of meanings)
      if ((this.#meanings.get(name) ?? meaning) !== meaning) return false;
    for (const [name, meaning] of meanings) this.#meanings.set(name, meaning);
    return true;
  }

  /** Keeps a method of something that the notebook made, under a name of its own. */
  keepMethod(receiver: SyntaxNode, method: string, name: string): string {
    const before = this.#kept.get(receiver);
    if (before) return before.name;
    const { statements, missing } = closedSlice(receiver, this.#trace, this.#until);
    const source = `${name} = ${textOf(receiver)}.${method}`;
    const origin = originOf(receiver);
    const slice = statements.map((statement) => ({ origin: originOf(statement), source: textOf(statement) }));
    const readsData = statements.some((statement) => reads(statement, this.#trace));
    const all = [...slice, { origin, source }];
    this.#kept.set(receiver, { name, source, slice: all, missing, readsData, origin });
    return name;
  }

  all(): FunctionSource[] {
    return [...this.#kept.values()];
  }
}

function placeOf({ source, start }: SyntaxNode): string {
  return `${source.cell}:${start}`;
}

function wholeOf({ node }: FunctionRef): SyntaxNode {
  return node.parent?.type === 'decorated_definition' ? node.parent : node;
}

function sourceOf(
  fn: FunctionRef,
  name: string,
  statements: readonly SyntaxNode[],
  missing: readonly string[],
  trace: Trace,
): FunctionSource {
  const whole = wholeOf(fn);
  const source = textOf(whole);
  const readsData = statements.some((statement) => reads(statement, trace));
  const slice = statements.map((statement) => ({ origin: originOf(statement), source: textOf(statement) }));
  const lambda = source.includes('\n') ? `(${source})` : source;
  const own = { origin: originOf(whole), source: fn.name === undefined ? `${name} = ${lambda}` : source };
  return { name, source, slice: [...slice, own], missing, readsData, origin: originOf(whole) };
}

const READS = /\.(read_\w+|load_dataset|scan_\w+)$|^builtins\.open$|^datasets\.load_dataset$/;

function reads(statement: SyntaxNode, trace: Trace): boolean {
  if (/_definition$/.test(statement.type)) return false;
  return trace.analysis.calls.some(
    (call) =>
      contains(statement, call.node) &&
      (READS.test(call.path) || trace.values.get(call.node)?.is === 'table'),
  );
}
