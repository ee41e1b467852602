import { field, type SyntaxNode, textOf, walk } from '../python/node.ts';
import { namesNeeded } from './names-needed.ts';
import type { Trace } from './trace/trace.ts';

/** Statements of the notebook's top level that a function needs, in the order in which they ran, and what nothing defines. */
export interface Slice {
  readonly statements: readonly SyntaxNode[];
  readonly missing: readonly string[];
}

/** `until`: place of the statement by which all must be defined. */
export function closedSlice(fn: SyntaxNode, trace: Trace, until: number): Slice {
  const all = trace.analysis.trees.flatMap((tree) => tree.children);
  const own = all.find((statement) => contains(statement, fn));
  const needed = new Set(all.filter(({ type }) => type === 'future_import_statement'));
  const missing = new Set<string>();
  const waiting = [...namesNeeded(fn)];
  const seen = new Set(waiting);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const found = making(
      name,
      all.filter((statement) => statement !== own),
      (statement) => all.indexOf(statement) <= until,
    );
    if (found.length === 0) missing.add(name);
    for (const statement of found) needed.add(statement);
    for (const further of found.flatMap((one) => [...namesNeeded(one)]))
      if (!seen.has(further)) {
        seen.add(further);
        waiting.push(further);
      }
  }
  return { statements: all.filter((statement) => needed.has(statement)), missing: [...missing].sort() };
}

/**
 * What makes a name what it is: the last statement that surely gives it a value, those after it that may (in `try`, `if`,
 * `with` or a loop), and those that change the value.
 */
function making(
  name: string,
  all: readonly SyntaxNode[],
  isBefore: (statement: SyntaxNode) => boolean,
): SyntaxNode[] {
  const binders = all.filter((statement) => bindsName(statement, name));
  const before = binders.filter(isBefore);
  if (before.length === 0) return binders.slice(0, 1);
  const sure = before.filter((statement) => !COMPOUND.test(statement.type)).at(-1) ?? before[0]!;
  const from = all.indexOf(sure);
  return [
    sure,
    ...all.filter((one, at) => at > from && isBefore(one) && (bindsName(one, name) || changes(one, name))),
  ];
}

export function contains(outer: SyntaxNode, inner: SyntaxNode): boolean {
  return outer.source === inner.source && outer.start <= inner.start && inner.end <= outer.end;
}

const COMPOUND = /^(try|if|with|for|while|match)_statement$/;
const DEFINITION = /^(function_definition|class_definition|decorated_definition|lambda)$/;

/** The statement, and those within it that run with it. */
function* running(statement: SyntaxNode): Generator<SyntaxNode> {
  yield statement;
  if (!COMPOUND.test(statement.type) && !/(_clause|^block)$/.test(statement.type)) return;
  for (const child of statement.children) yield* running(child);
}

/** Names that a statement of the top level gives a value. */
export function namesBound(statement: SyntaxNode): string[] {
  return [...running(statement)].flatMap(boundBy);
}

function bindsName(statement: SyntaxNode, name: string): boolean {
  return namesBound(statement).includes(name);
}

function boundBy(statement: SyntaxNode): string[] {
  const { type, children } = statement;
  const [first] = children;
  if (type === 'import_statement' || type === 'import_from_statement') return boundByImport(statement);
  if (type === 'function_definition' || type === 'class_definition') return nameOf(statement);
  if (type === 'decorated_definition')
    return children.flatMap((child) => (DEFINITION.test(child.type) ? nameOf(child) : []));
  if (type === 'for_statement') return targets(field(statement, 'left'));
  if (type === 'with_clause')
    return [...walk(statement)].flatMap((at) => (at.type === 'as_pattern_target' ? targets(at) : []));
  if (type !== 'expression_statement' || first?.type !== 'assignment') return [];
  return assigned(first);
}

/** `a = b = 1` gives both. */
function assigned(assignment: SyntaxNode): string[] {
  const right = field(assignment, 'right');
  return [...targets(field(assignment, 'left')), ...(right?.type === 'assignment' ? assigned(right) : [])];
}

function targets(left: SyntaxNode | undefined): string[] {
  if (!left || left.type === 'subscript' || left.type === 'attribute') return [];
  return [...walk(left)].filter((at) => at.type === 'identifier' && at.field !== 'attribute').map(textOf);
}

function nameOf(definition: SyntaxNode): string[] {
  const name = field(definition, 'name');
  return name ? [textOf(name)] : [];
}

function boundByImport(statement: SyntaxNode): string[] {
  return statement.children
    .filter(({ field: of }) => of === 'name')
    .map((name) => {
      const alias = field(name, 'alias');
      return alias ? textOf(alias) : textOf(name).split('.')[0]!;
    });
}

/** Methods that change what they are called on: of models, sets, dicts and lists. */
const SETTERS =
  /^(eval|half|to|cuda|float|add_pipe|enable_padding|enable_truncation|add_special_tokens|add_tokens|update|add|discard|remove|pop|popitem|clear|setdefault|append|extend|insert|sort|reverse|\w+_update)$/;

/** `STOP |= {...}`, `MAP["a"] = "b"`, `model.max_seq_length = 128`, `STOP.update(...)`, `del MAP["a"]`: part of what the name stands for. */
function changes(statement: SyntaxNode, name: string): boolean {
  return [...running(statement)].some((one) => changesItself(one, name));
}

function changesItself({ type, children }: SyntaxNode, name: string): boolean {
  const [first] = children;
  if (type === 'delete_statement') return first !== undefined && rootOf(first) === name;
  if (type !== 'expression_statement' || !first) return false;
  if (first.type === 'augmented_assignment') return rootOf(field(first, 'left')) === name;
  if (first.type === 'assignment') {
    const left = field(first, 'left');
    return left !== undefined && left.type !== 'identifier' && rootOf(left) === name;
  }
  const method = first.type === 'call' ? field(first, 'function') : undefined;
  return (
    method?.type === 'attribute' &&
    rootOf(method) === name &&
    SETTERS.test(textOf(field(method, 'attribute') ?? method))
  );
}

/** The name that an attribute or a subscript is of. */
function rootOf(node: SyntaxNode | undefined): string | undefined {
  let at = node;
  while (at?.type === 'attribute' || at?.type === 'subscript') at = at.children[0];
  return at?.type === 'identifier' ? textOf(at) : undefined;
}
