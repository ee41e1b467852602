import { field, type SyntaxNode, textOf } from '../../python/node.ts';
import { bindTarget } from './bind.ts';
import { junction } from './condition.ts';
import { elementOf } from './element.ts';
import { lookUp, newEnv } from './env.ts';
import { concatenated, exprOf, other } from './expr.ts';
import { evaluate, evaluateChildren } from './expression.ts';
import { guarded } from './guards.ts';
import { runIf } from './if-statement.ts';
import type { Trace } from './trace.ts';
import { type Env, NOTHING, type Traced } from './traced.ts';

/** Runs statements in order, the body of a loop once. */
export function runBlock(block: SyntaxNode | undefined, env: Env, trace: Trace): void {
  for (const statement of block?.children ?? []) runStatement(statement, env, trace);
}

export function runStatement(node: SyntaxNode, env: Env, trace: Trace): void {
  switch (node.type) {
    case 'expression_statement':
      for (const child of node.children)
        if (child.type === 'assignment' || child.type === 'augmented_assignment')
          runStatement(child, env, trace);
        else evaluate(child, env, trace);
      return;
    case 'assignment':
      runAssignment(node, env, trace);
      return;
    case 'augmented_assignment':
      runAugmented(node, env, trace);
      return;
    case 'for_statement':
      runFor(node, env, trace);
      return;
    case 'while_statement':
      inLoop(trace, true, () => runParts(node, env, trace));
      return;
    case 'if_statement':
      runIf(node, env, trace);
      return;
    case 'with_statement':
      runWith(node, env, trace);
      return;
    case 'function_definition': {
      const name = textOf(field(node, 'name') ?? node);
      env.names.set(name, { is: 'function', node, name, env });
      return;
    }
    case 'return_statement':
      env.returned.push(evaluate(node.children[0], env, trace));
      return;
    case 'try_statement':
      runTry(node, env, trace);
      return;
    case 'import_statement':
    case 'import_from_statement':
    case 'class_definition':
      return;
    default:
      runParts(node, env, trace);
  }
}

const HOLDS = /(_clause|_statement|^block|^decorated_definition|^function_definition)$/;

function runParts(node: SyntaxNode, env: Env, trace: Trace): void {
  for (const child of node.children) {
    if (HOLDS.test(child.type)) runStatement(child, env, trace);
    else if (child.type === 'yield')
      env.returned.push(guarded(evaluate(child.children[0], env, trace), trace));
    else if (child.type !== 'decorator') evaluate(child, env, trace);
  }
}

function runAssignment(node: SyntaxNode, env: Env, trace: Trace): Traced | undefined {
  const right = field(node, 'right');
  if (!right) return undefined;
  const value = right.type === 'assignment' ? runChained(right, env, trace) : evaluate(right, env, trace);
  const left = field(node, 'left');
  if (left) bindTarget(left, value, env, trace);
  return value;
}

function runChained(node: SyntaxNode, env: Env, trace: Trace): Traced {
  return runAssignment(node, env, trace) ?? NOTHING;
}

/** `texts += [...]` makes a list longer, `df["text"] += " " + df["b"]` a text. */
function runAugmented(node: SyntaxNode, env: Env, trace: Trace): void {
  const left = field(node, 'left');
  const value = evaluate(field(node, 'right'), env, trace);
  const before = evaluate(left, env, trace);
  if (!left) return;
  if (before.is === 'cells') {
    const isSum = textOf(field(node, 'operator') ?? node) === '+=';
    const expr = isSum ? concatenated(node, [before.expr, exprOf(value)]) : other(node, [before.expr]);
    bindTarget(left, { ...before, expr }, env, trace);
    return;
  }
  if (left.type !== 'identifier') return;
  const sign = textOf(field(node, 'operator') ?? node);
  if (before.is === 'mask' && (sign === '&=' || sign === '|=')) {
    env.names.set(textOf(left), junction(node, sign === '&=' ? 'and' : 'or', before, value));
    return;
  }
  if (before.is === 'list' && value.is === 'list') before.items.push(...value.items);
  else if (before.is === 'list' && value.is !== 'unknown') grow(textOf(left), before, value, env, trace);
  else env.names.set(textOf(left), NOTHING);
}

/** `texts.append(row["text"])`: from then on the list has one for each row. */
export function grow(
  name: string,
  before: Extract<Traced, { is: 'list' }>,
  value: Traced,
  env: Env,
  trace: Trace,
): void {
  const kept = guarded(value, trace);
  const grown = kept.is === 'cells' ? ({ ...kept, many: true } as const) : kept;
  if (before.items.length === 0 && (grown.is === 'cells' || grown.is === 'vectors'))
    env.names.set(name, grown);
  else before.items.push(kept);
}

/** Conditions in a loop over rows hold until the end of its body. */
function inLoop(trace: Trace, overRows: boolean, run: () => void): void {
  const { inRows } = trace;
  const before = trace.guards.length;
  trace.inRows = overRows;
  run();
  trace.guards.length = before;
  trace.inRows = inRows;
}

function runFor(node: SyntaxNode, env: Env, trace: Trace): void {
  const iterable = evaluate(field(node, 'right'), env, trace);
  const left = field(node, 'left');
  if (left) bindTarget(left, elementOf(iterable), env, trace);
  // A loop over the pieces of one text leaves out pieces, not rows.
  inLoop(trace, iterable.is !== 'cells' || iterable.many, () => runBlock(field(node, 'body'), env, trace));
  const alternative = field(node, 'alternative');
  if (alternative) runStatement(alternative, env, trace);
}

/** What is done where something fails counts only for names that nothing else gives. */
function runTry(node: SyntaxNode, env: Env, trace: Trace): void {
  const isFallback = ({ type }: SyntaxNode) => /^except/.test(type);
  const fallback = newEnv(env);
  for (const child of node.children.filter(isFallback)) runStatement(child, fallback, trace);
  for (const child of node.children) if (!isFallback(child)) runStatement(child, env, trace);
  for (const [name, value] of fallback.names) if (!lookUp(env, name)) env.names.set(name, value);
  env.returned.push(...fallback.returned);
}

function runWith(node: SyntaxNode, env: Env, trace: Trace): void {
  for (const clause of node.children) {
    if (clause.type !== 'with_clause') {
      runStatement(clause, env, trace);
      continue;
    }
    for (const item of clause.children) {
      const value = field(item, 'value') ?? item.children[0];
      if (value?.type === 'as_pattern') {
        const opened = evaluate(value.children[0], env, trace);
        const alias = field(value, 'alias')?.children[0];
        if (alias) bindTarget(alias, opened, env, trace);
      } else if (value) evaluateChildren(item, env, trace);
    }
  }
}
