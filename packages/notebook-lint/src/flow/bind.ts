import { field, fields, type SyntaxNode, textOf } from '../python/node.ts';
import { elementOf } from './element.ts';
import { evaluate } from './expression.ts';
import type { Flow } from './flow.ts';
import type { Scope } from './scope.ts';
import { namesVectors, UNKNOWN, type Value } from './value.ts';

const PATTERNS = ['pattern_list', 'tuple_pattern', 'list_pattern', 'tuple', 'expression_list'];

/** Binds a target of an assignment, a loop or `with` to a value. `statement`: who binds; undefined in comprehensions. */
export function bind(
  target: SyntaxNode,
  value: Value,
  scope: Scope,
  flow: Flow,
  statement: SyntaxNode | undefined,
): void {
  if (target.type === 'identifier') {
    const name = textOf(target);
    scope.names.set(name, value);
    flow.values.set(target, value);
    if (statement) flow.bindings.push({ name, statement, value, owner: scope.owner });
  } else if (PATTERNS.includes(target.type)) {
    const spelled = value.type === 'list' ? value.items : undefined;
    target.children.forEach((part, index) => {
      bind(part, spelled ? (spelled[index] ?? UNKNOWN) : elementOf(value), scope, flow, statement);
    });
  } else if (target.type === 'subscript') bindColumn(target, value, scope, flow, statement);
  else if (target.type === 'attribute') bindAttribute(target, value, scope, flow);
  else evaluate(target, scope, flow);
}

/** `df["embedding"] = vectors`. */
function bindColumn(
  target: SyntaxNode,
  value: Value,
  scope: Scope,
  flow: Flow,
  statement: SyntaxNode | undefined,
): void {
  const owner = evaluate(field(target, 'value'), scope, flow);
  const keys = fields(target, 'subscript').map((key) => evaluate(key, scope, flow));
  const column = keys.at(-1)?.literal;
  if (!owner.frame || typeof column !== 'string') return;
  if (!value.vectors && (!namesVectors(column) || value.literal !== undefined)) return;
  owner.frame.vectorColumns.add(column);
  if (statement) owner.frame.vectorStatements.push(statement);
}

/** `self.client = OpenAI()`: kept under its dotted name. */
function bindAttribute(target: SyntaxNode, value: Value, scope: Scope, flow: Flow): void {
  evaluate(field(target, 'object'), scope, flow);
  scope.names.set(textOf(target), value);
}
