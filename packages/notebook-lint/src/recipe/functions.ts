import { type SyntaxNode, textOf, walk } from '../python/node.ts';
import { namesNeeded } from './names-needed.ts';
import { originOf } from './origin.ts';
import type { FunctionSource } from './recipe.ts';
import type { Trace } from './trace/trace.ts';
import type { FunctionRef } from './trace/traced.ts';

/** The notebook's own functions that are taken over, each with the closed slice of the notebook that it needs. */
export class Functions {
  readonly #trace: Trace;
  readonly #until: number;
  readonly #kept = new Map<SyntaxNode, FunctionSource>();

  /** `until`: place of the statement by which all must be defined: names may mean something else later. */
  constructor(trace: Trace, until = Number.POSITIVE_INFINITY) {
    this.#trace = trace;
    this.#until = until;
  }

  /** Keeps a function that was called `at` a statement; gives the name by which it is called. A lambda gets one. */
  keep(fn: FunctionRef, at = this.#until): string {
    const before = this.#kept.get(fn.node);
    if (before) return before.name;
    const taken = new Set(this.all().map(({ name }) => name));
    let name = fn.name ?? 'step';
    for (let n = 2; taken.has(name); n++) name = `${fn.name ?? 'step'}_${n}`;
    this.#kept.set(fn.node, sourceOf(fn, name, this.#trace, at));
    return name;
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

function sourceOf(fn: FunctionRef, name: string, trace: Trace, until: number): FunctionSource {
  const whole = fn.node.parent?.type === 'decorated_definition' ? fn.node.parent : fn.node;
  const { statements, missing } = closedSlice(whole, trace, until);
  const source = textOf(whole);
  const readsData = statements.some((statement) => reads(statement, trace));
  const slice = statements.map((statement) => ({ origin: originOf(statement), source: textOf(statement) }));
  const own = { origin: originOf(whole), source: fn.name === undefined ? `${name} = ${source}` : source };
  return { name, source, slice: [...slice, own], missing, readsData, origin: originOf(whole) };
}

/** Statements of the notebook's top level that the function needs, in the order in which they ran. */
function closedSlice(
  fn: SyntaxNode,
  trace: Trace,
  until: number,
): { statements: SyntaxNode[]; missing: string[] } {
  const all = trace.analysis.trees.flatMap((tree) => tree.children);
  const own = all.findIndex((statement) => contains(statement, fn));
  const needed = new Set<SyntaxNode>();
  const missing = new Set<string>();
  const waiting = [...namesNeeded(fn)];
  const seen = new Set(waiting);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const binders = all.filter((statement) => statement !== all[own] && bindsName(statement, name));
    const chosen = binders.filter((statement) => all.indexOf(statement) <= until).at(-1) ?? binders[0];
    if (!chosen) {
      missing.add(name);
      continue;
    }
    const from = all.indexOf(chosen);
    const settings = all.filter((one, at) => at > from && at <= until && sets(one, name));
    for (const statement of [chosen, ...settings]) needed.add(statement);
    for (const further of [chosen, ...settings].flatMap((one) => [...namesNeeded(one)]))
      if (!seen.has(further)) {
        seen.add(further);
        waiting.push(further);
      }
  }
  return { statements: all.filter((statement) => needed.has(statement)), missing: [...missing].sort() };
}

const SETTERS = /^(eval|half|to|cuda|float|add_pipe|enable_padding|enable_truncation|add_special_tokens)$/;

/** `model.max_seq_length = 128`, `model.eval()`: part of what the name stands for. */
function sets(statement: SyntaxNode, name: string): boolean {
  const [first] = statement.children;
  if (statement.type !== 'expression_statement' || !first) return false;
  const target =
    first.type === 'assignment' ? first.children.find(({ field }) => field === 'left') : first.children[0];
  if (target?.type !== 'attribute') return false;
  const [owner, attribute] = target.children;
  if (!owner || textOf(owner) !== name) return false;
  return (
    first.type === 'assignment' ||
    (first.type === 'call' && attribute !== undefined && SETTERS.test(textOf(attribute)))
  );
}

function contains(outer: SyntaxNode, inner: SyntaxNode): boolean {
  return outer.source === inner.source && outer.start <= inner.start && inner.end <= outer.end;
}

/** Whether a statement of the top level gives a name a value. */
function bindsName(statement: SyntaxNode, name: string): boolean {
  const [first] = statement.children;
  if (statement.type === 'import_statement' || statement.type === 'import_from_statement')
    return boundByImport(statement).includes(name);
  if (/^(function_definition|class_definition)$/.test(statement.type)) return nameOf(statement) === name;
  if (statement.type === 'decorated_definition')
    return statement.children.some((child) => /_definition$/.test(child.type) && nameOf(child) === name);
  if (statement.type !== 'expression_statement' || first?.type !== 'assignment') return false;
  const left = first.children.find(({ field }) => field === 'left');
  return (
    left !== undefined &&
    [...walk(left)].some(
      (at) => at.type === 'identifier' && at.field !== 'attribute' && textOf(at) === name,
    ) &&
    left.type !== 'subscript' &&
    left.type !== 'attribute'
  );
}

function nameOf(definition: SyntaxNode): string | undefined {
  const name = definition.children.find(({ field }) => field === 'name');
  return name && textOf(name);
}

function boundByImport(statement: SyntaxNode): string[] {
  return statement.children
    .filter(({ field }) => field === 'name')
    .map((name) => {
      const alias = name.children.find(({ field }) => field === 'alias');
      return alias ? textOf(alias) : textOf(name).split('.')[0]!;
    });
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
