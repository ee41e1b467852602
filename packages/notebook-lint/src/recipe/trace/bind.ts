import { field, type SyntaxNode, textOf } from '../../python/node.ts';
import { elementOf } from './element.ts';
import { other } from './expr.ts';
import { evaluate, subscriptKeys } from './expression.ts';
import { cells, columnOf } from './table.ts';
import type { Trace } from './trace.ts';
import { type Env, NOTHING, type Traced } from './traced.ts';

const PATTERNS = ['pattern_list', 'tuple_pattern', 'list_pattern', 'tuple', 'expression_list', 'list'];

/** Binds a target of an assignment or a loop. */
export function bindTarget(target: SyntaxNode, value: Traced, env: Env, trace: Trace): void {
  if (target.type === 'identifier') env.names.set(textOf(target), value);
  else if (PATTERNS.includes(target.type)) bindParts(target, value, env, trace);
  else if (target.type === 'subscript') bindSubscript(target, value, env, trace);
  else if (target.type === 'attribute') bindAttribute(target, value, env, trace);
}

/** `for i, row in df.iterrows()`: a row is the last of the names; of a spelled list each is its own. */
function bindParts(target: SyntaxNode, value: Traced, env: Env, trace: Trace): void {
  const parts = target.children;
  if (value.is === 'list' && value.items.length === parts.length)
    parts.forEach((part, index) => void bindTarget(part, value.items[index]!, env, trace));
  else if (value.is === 'row' || value.is === 'cells')
    parts.forEach(
      (part, index) => void bindTarget(part, index === parts.length - 1 ? value : NOTHING, env, trace),
    );
  else parts.forEach((part) => void bindTarget(part, elementOf(value), env, trace));
}

function bindSubscript(target: SyntaxNode, value: Traced, env: Env, trace: Trace): void {
  const owner = evaluate(field(target, 'value'), env, trace);
  const nodes = subscriptKeys(target);
  const keys = nodes.map((key) => evaluate(key, env, trace));
  const key = keys.at(-1);
  if (key?.is !== 'constant' || typeof key.value !== 'string') return;
  if (owner.is === 'table' && keys.length > 1 && textOf(nodes[0]!).trim() !== ':') {
    // Some rows get another value: what the column holds is not followed any more.
    const before = columnOf(owner.table, key.value, target);
    const expr = other(target, before.is === 'cells' ? [before.expr] : []);
    owner.table.columns.set(key.value, cells(owner.table, expr, true));
  } else if (owner.is === 'table' || owner.is === 'row') owner.table.columns.set(key.value, value);
  else if (owner.is === 'dict') owner.entries.set(key.value, value);
}

function bindAttribute(target: SyntaxNode, value: Traced, env: Env, trace: Trace): void {
  const owner = evaluate(field(target, 'object'), env, trace);
  const name = textOf(field(target, 'attribute') ?? target);
  if (owner.is === 'table') {
    if (name === 'columns') owner.table.steps.push({ op: 'other', name: 'columns =', node: target });
    else owner.table.columns.set(name, value);
  } else env.names.set(textOf(target), value);
}
