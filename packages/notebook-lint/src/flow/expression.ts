import { isInterpolated, stringText } from '../python/call.ts';
import { field, fields, type SyntaxNode, textOf, walk } from '../python/node.ts';
import { attributeValue } from './attribute.ts';
import { bind } from './bind.ts';
import { evaluateCall } from './call-value.ts';
import { elementOf } from './element.ts';
import { type Flow, knownOf, record } from './flow.ts';
import { GIVEN_NAMES } from './given-names.ts';
import { STAR } from './import.ts';
import { lookUp, newScope, type Scope } from './scope.ts';
import { subscriptValue } from './subscript.ts';
import { isColumn, UNKNOWN, type Value } from './value.ts';

const FEW = 50;

/** What an expression gives in this scope. Notes it, and what its parts give, in the flow. */
export function evaluate(node: SyntaxNode | undefined, scope: Scope, flow: Flow): Value {
  if (!node) return UNKNOWN;
  return record(flow, node, compute(node, scope, flow));
}

function compute(node: SyntaxNode, scope: Scope, flow: Flow): Value {
  switch (node.type) {
    case 'identifier':
      return lookUp(scope, textOf(node)) ?? unbound(textOf(node), scope);
    case 'attribute':
      return evaluateAttribute(node, scope, flow);
    case 'call':
      return evaluateCall(node, scope, flow);
    case 'subscript':
      return evaluateSubscript(node, scope, flow);
    case 'string':
    case 'concatenated_string':
      return evaluateString(node, scope, flow);
    case 'integer':
    case 'float':
      return { type: 'number', literal: Number(textOf(node).replaceAll('_', '')) };
    case 'none':
      return { type: 'none' };
    case 'list':
    case 'tuple':
    case 'set':
    case 'expression_list':
      return evaluateList(node, scope, flow);
    case 'list_comprehension':
    case 'set_comprehension':
    case 'generator_expression':
    case 'dictionary_comprehension':
      return evaluateComprehension(node, scope, flow);
    case 'lambda':
      return evaluateLambda(node, scope, flow);
    case 'parenthesized_expression':
    case 'await':
      return evaluate(node.children[0], scope, flow);
    case 'conditional_expression':
      return firstKnown(evaluateAll(node, scope, flow).filter((_, index) => index !== 1));
    case 'boolean_operator':
      return firstKnown(evaluateAll(node, scope, flow));
    case 'binary_operator':
      return evaluateBinary(node, scope, flow);
    case 'comparison_operator':
    case 'unary_operator':
    case 'not_operator':
      return evaluateAll(node, scope, flow).find(isColumn) ?? UNKNOWN;
    case 'named_expression':
      return evaluateNamed(node, scope, flow);
    default:
      evaluateAll(node, scope, flow);
      return node.type === 'dictionary' ? dictionary(node) : UNKNOWN;
  }
}

/** A builtin; or a name of the last star import. */
function unbound(name: string, scope: Scope): Value {
  const star = GIVEN_NAMES.has(name) ? undefined : lookUp(scope, STAR);
  if (star) return attributeValue(star, name);
  return { type: 'unknown', path: `builtins.${name}` };
}

/** An attribute that the notebook set itself is what it was set to. */
function evaluateAttribute(node: SyntaxNode, scope: Scope, flow: Flow): Value {
  const owner = evaluate(field(node, 'object'), scope, flow);
  return lookUp(scope, textOf(node)) ?? attributeValue(owner, textOf(field(node, 'attribute') ?? node));
}

/** A handful if nothing in it comes from elsewhere. */
function dictionary(node: SyntaxNode): Value {
  for (const { type } of walk(node)) if (type === 'identifier' || type === 'call') return { type: 'dict' };
  return { type: 'dict', few: true };
}

export function evaluateAll(node: SyntaxNode, scope: Scope, flow: Flow): Value[] {
  return node.children.map((child) => evaluate(child, scope, flow));
}

function firstKnown(values: readonly Value[]): Value {
  return values.find(({ type }) => type !== 'unknown' && type !== 'none') ?? UNKNOWN;
}

function evaluateString(node: SyntaxNode, scope: Scope, flow: Flow): Value {
  for (const part of node.children) if (part.type !== 'string_content') evaluate(part, scope, flow);
  const whole = node.type === 'string' && !isInterpolated(node);
  return whole ? { type: 'text', literal: stringText(node)! } : { type: 'text' };
}

function evaluateSubscript(node: SyntaxNode, scope: Scope, flow: Flow): Value {
  const value = evaluate(field(node, 'value'), scope, flow);
  const keys = fields(node, 'subscript');
  for (const key of keys) evaluate(key, scope, flow);
  return subscriptValue(value, keys, (key) => knownOf(flow, key));
}

function evaluateList(node: SyntaxNode, scope: Scope, flow: Flow): Value {
  const items = evaluateAll(node, scope, flow);
  const spread = node.children.some(({ type }) => type === 'list_splat');
  const element = items.find(({ type }) => type !== 'unknown') ?? items[0] ?? UNKNOWN;
  const vectors = element.vectors === 'one' ? (items.length === 1 ? 'one' : 'many') : undefined;
  const few = !spread && items.length > 0 && items.length <= FEW;
  return { type: 'list', element, items, ...(vectors && { vectors }), ...(few && { few }) };
}

function evaluateComprehension(node: SyntaxNode, outer: Scope, flow: Flow): Value {
  const scope = newScope(outer, outer.owner);
  let iterable: Value = UNKNOWN;
  for (const clause of node.children) {
    if (clause.type === 'for_in_clause') {
      const value = evaluate(field(clause, 'right'), scope, flow);
      if (iterable === UNKNOWN) iterable = value;
      const left = field(clause, 'left');
      if (left) bind(left, elementOf(value), scope, flow, undefined);
    } else if (clause.type === 'if_clause') evaluateAll(clause, scope, flow);
  }
  const element = evaluate(field(node, 'body'), scope, flow);
  const vectors = element.vectors === 'one' ? 'many' : undefined;
  const { few, cut, frame } = iterable;
  return {
    type: 'list',
    element,
    ...(vectors && { vectors }),
    ...(few && { few }),
    ...(cut && { cut }),
    ...(frame && { frame }),
  };
}

/** The body is run once with nothing known; `apply` runs it again with its rows. */
function evaluateLambda(node: SyntaxNode, outer: Scope, flow: Flow): Value {
  const scope = newScope(outer, outer.owner);
  for (const parameter of field(node, 'parameters')?.children ?? [])
    if (parameter.type === 'identifier') scope.names.set(textOf(parameter), UNKNOWN);
  const result = evaluate(field(node, 'body'), scope, flow);
  return { type: 'function', element: result };
}

function evaluateBinary(node: SyntaxNode, scope: Scope, flow: Flow): Value {
  const left = evaluate(field(node, 'left'), scope, flow);
  const right = evaluate(field(node, 'right'), scope, flow);
  const operator = field(node, 'operator');
  if (operator && textOf(operator) === '@') return UNKNOWN;
  if (typeof left.literal === 'number' && typeof right.literal === 'number')
    return { type: 'number', ...folded(textOf(operator ?? node), left.literal, right.literal) };
  const series = [left, right].find(isColumn);
  if (series) return { ...series, column: undefined, vectors: undefined } as unknown as Value;
  if (left.vectors ?? right.vectors) return left.vectors ? left : right;
  if (left.type === 'text' || right.type === 'text') return { type: 'text' };
  return UNKNOWN;
}

/** Arithmetic of two numbers that are known. */
function folded(operator: string, left: number, right: number): { literal?: number } {
  if (operator === '*') return { literal: left * right };
  if (operator === '+') return { literal: left + right };
  if (operator === '-') return { literal: left - right };
  if (operator === '/' && right !== 0) return { literal: left / right };
  return operator === '**' && Math.abs(right) < 64 ? { literal: left ** right } : {};
}

function evaluateNamed(node: SyntaxNode, scope: Scope, flow: Flow): Value {
  const value = evaluate(field(node, 'value'), scope, flow);
  const name = field(node, 'name');
  if (name) scope.names.set(textOf(name), value);
  return value;
}
