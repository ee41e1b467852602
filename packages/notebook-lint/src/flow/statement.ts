import { field, fields, type SyntaxNode, textOf } from '../python/node.ts';
import { bind } from './bind.ts';
import { definitionOf, runDefinition } from './definition.ts';
import { elementOf } from './element.ts';
import { evaluate, evaluateAll } from './expression.ts';
import { type Flow, knownOf, record } from './flow.ts';
import { importNames } from './import.ts';
import { lookUp, type Scope } from './scope.ts';
import { UNKNOWN, type Value } from './value.ts';

export function runBlock(block: SyntaxNode, scope: Scope, flow: Flow): void {
  for (const statement of block.children) runStatement(statement, scope, flow);
}

type Run = (node: SyntaxNode, scope: Scope, flow: Flow) => void;

const RUNS: Readonly<Record<string, Run>> = {
  import_statement: importNames,
  import_from_statement: importNames,
  assignment: runAssignment,
  augmented_assignment: runAugmented,
  for_statement: runFor,
  with_statement: runWith,
  function_definition: runFunction,
  class_definition: runClass,
  return_statement: runReturn,
  expression_statement: runExpression,
};

/** Runs a statement: both sides of a branch, the body of a loop once. */
export function runStatement(node: SyntaxNode, scope: Scope, flow: Flow): void {
  (RUNS[node.type] ?? runParts)(node, scope, flow);
}

function runReturn(node: SyntaxNode, scope: Scope, flow: Flow): void {
  const [value] = node.children;
  scope.returned.push(value ? evaluate(value, scope, flow) : { type: 'none' });
}

const BLOCKS = /(_clause|_statement|^block|^decorated_definition|^case_clause|^ERROR|^decorator)$/;

/** Statements that only hold others: conditions are evaluated, bodies are run. */
function runParts(node: SyntaxNode, scope: Scope, flow: Flow): void {
  for (const child of node.children) {
    if (BLOCKS.test(child.type) || /_definition$/.test(child.type)) runStatement(child, scope, flow);
    else if (child.type === 'as_pattern') evaluateAll(child, scope, flow);
    else evaluate(child, scope, flow);
  }
}

function runExpression(node: SyntaxNode, scope: Scope, flow: Flow): void {
  for (const child of node.children) {
    if (child.type === 'assignment' || child.type === 'augmented_assignment')
      runStatement(child, scope, flow);
    else {
      evaluate(child, scope, flow);
      growList(child, scope, flow);
    }
  }
}

/** `vectors.append(vector)`: the list holds vectors from then on. */
function growList(call: SyntaxNode, scope: Scope, flow: Flow): void {
  const called = call.type === 'call' ? field(call, 'function') : undefined;
  const list = field(called, 'object');
  if (!called || list?.type !== 'identifier') return;
  const name = textOf(field(called, 'attribute') ?? called);
  const given = knownOf(flow, field(call, 'arguments')?.children[0]);
  const before = lookUp(scope, textOf(list));
  if (before?.type !== 'list' || !given.vectors) return;
  if ((name === 'append' && given.vectors === 'one') || name === 'extend')
    scope.names.set(textOf(list), { ...before, vectors: 'many', matrix: true });
}

function runAssignment(node: SyntaxNode, scope: Scope, flow: Flow): void {
  const right = field(node, 'right');
  if (right?.type === 'assignment') runAssignment(right, scope, flow);
  const chained = right?.type === 'assignment' ? knownOf(flow, field(right, 'left')) : UNKNOWN;
  const value = right?.type === 'assignment' ? chained : evaluate(right, scope, flow);
  const left = field(node, 'left');
  if (left) bind(left, value, scope, flow, node);
}

function runAugmented(node: SyntaxNode, scope: Scope, flow: Flow): void {
  const left = evaluate(field(node, 'left'), scope, flow);
  const right = evaluate(field(node, 'right'), scope, flow);
  const target = field(node, 'left');
  if (target?.type !== 'identifier') return;
  const grown: Value =
    left.type === 'list' && right.vectors ? { ...left, vectors: 'many', matrix: true } : left;
  if (grown !== left) scope.names.set(textOf(target), grown);
  // A number that is counted up is no constant.
  if (left.type === 'number') scope.names.set(textOf(target), { type: 'number' });
}

function runFor(node: SyntaxNode, scope: Scope, flow: Flow): void {
  const iterable = evaluate(field(node, 'right'), scope, flow);
  const left = field(node, 'left');
  if (left) bind(left, elementOf(iterable), scope, flow, undefined);
  for (const part of ['body', 'alternative']) {
    const block = field(node, part);
    if (block) runStatement(block, scope, flow);
  }
}

function runWith(node: SyntaxNode, scope: Scope, flow: Flow): void {
  for (const clause of node.children) {
    if (clause.type !== 'with_clause') {
      runStatement(clause, scope, flow);
      continue;
    }
    for (const item of clause.children) {
      const value = field(item, 'value') ?? item.children[0];
      if (value?.type === 'as_pattern') {
        const opened = record(flow, value, evaluate(value.children[0], scope, flow));
        const alias = field(value, 'alias')?.children[0];
        if (alias) bind(alias, opened, scope, flow, undefined);
      } else evaluate(value, scope, flow);
    }
  }
}

function runFunction(node: SyntaxNode, scope: Scope, flow: Flow): void {
  const definition = definitionOf(node);
  for (const parameter of definition.parameters) evaluate(parameter.default, scope, flow);
  flow.definitions.set(node, definition);
  const retried =
    node.parent?.type === 'decorated_definition' ? { path: `decorated.${definition.name}` } : {};
  const known: Value = { type: 'function', definition, ...retried };
  scope.names.set(definition.name, known);
  const result = runDefinition(definition, new Map(), scope, flow);
  scope.names.set(definition.name, { ...known, element: result });
}

/** Methods are run with nothing known of `self` but what they set on it. */
function runClass(node: SyntaxNode, scope: Scope, flow: Flow): void {
  const name = textOf(field(node, 'name') ?? node);
  scope.names.set(name, { type: 'class', path: `notebook.${name}` });
  for (const base of fields(node, 'superclasses')) evaluateAll(base, scope, flow);
  const body = field(node, 'body');
  for (const member of body?.children ?? []) {
    const definition = member.type === 'decorated_definition' ? field(member, 'definition') : member;
    if (definition?.type === 'function_definition') {
      const method = definitionOf(definition);
      flow.definitions.set(definition, method);
      const inner = runDefinitionKeepingSelf(method, scope, flow);
      for (const [attribute, value] of inner)
        if (attribute.startsWith('self.')) scope.names.set(attribute, value);
    } else runStatement(member, scope, flow);
  }
}

function runDefinitionKeepingSelf(
  method: ReturnType<typeof definitionOf>,
  scope: Scope,
  flow: Flow,
): ReadonlyMap<string, Value> {
  const holder: Scope = { names: new Map(), outer: scope, owner: undefined, returned: [] };
  const body = field(method.node, 'body');
  const inner: Scope = { names: holder.names, outer: scope, owner: method.node, returned: [] };
  for (const { name } of method.parameters) inner.names.set(name, UNKNOWN);
  if (body) runBlock(body, inner, flow);
  return inner.names;
}
