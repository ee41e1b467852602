import { field, fields, type SyntaxNode, textOf } from '../../python/node.ts';
import { bindTarget } from './bind.ts';
import { evaluateCall } from './call.ts';
import { comparison, junction, maskOf, negation } from './condition.ts';
import { elementOf } from './element.ts';
import { lookUp, newEnv } from './env.ts';
import { other } from './expr.ts';
import { subscriptOf } from './subscript.ts';
import { columnOf } from './table.ts';
import { joined, stringOf } from './text-literal.ts';
import type { Trace } from './trace.ts';
import { type Constant, type Env, NOTHING, type Traced } from './traced.ts';

/** What an expression is, in terms of rows. Keeps it for whoever asks later. */
export function evaluate(node: SyntaxNode | undefined, env: Env, trace: Trace): Traced {
  if (!node) return NOTHING;
  const value = compute(node, env, trace);
  trace.values.set(node, value);
  return value;
}

export function evaluateChildren(node: SyntaxNode, env: Env, trace: Trace): Traced[] {
  return node.children.map((child) => evaluate(child, env, trace));
}

function compute(node: SyntaxNode, env: Env, trace: Trace): Traced {
  switch (node.type) {
    case 'identifier':
      return lookUp(env, textOf(node)) ?? NOTHING;
    case 'attribute':
      return attributeOf(node, env, trace);
    case 'call':
      return evaluateCall(node, env, trace);
    case 'subscript':
      return subscriptOf(node, env, trace);
    case 'string':
    case 'concatenated_string':
      return stringOf(node, env, trace);
    case 'integer':
    case 'float':
      return constant(Number(textOf(node).replaceAll('_', '')));
    case 'true':
      return constant(true);
    case 'false':
      return constant(false);
    case 'none':
      return constant(null);
    case 'list':
    case 'tuple':
    case 'set':
    case 'expression_list':
      return { is: 'list', items: evaluateChildren(node, env, trace) };
    case 'dictionary':
      return dictionaryOf(node, env, trace);
    case 'list_comprehension':
    case 'set_comprehension':
    case 'generator_expression':
    case 'dictionary_comprehension':
      return comprehensionOf(node, env, trace);
    case 'lambda':
      return { is: 'function', node, name: undefined, env };
    case 'parenthesized_expression':
    case 'await':
    case 'list_splat':
      return evaluate(node.children[0], env, trace);
    case 'conditional_expression':
      return conditionalOf(node, env, trace);
    case 'boolean_operator':
      return booleanOf(node, env, trace);
    case 'not_operator':
      return negation(node, evaluate(field(node, 'argument'), env, trace));
    case 'unary_operator':
      return unaryOf(node, env, trace);
    case 'binary_operator':
      return binaryOf(node, env, trace);
    case 'comparison_operator':
      return comparison(node, evaluateChildren(node, env, trace), trace);
    case 'named_expression': {
      const value = evaluate(field(node, 'value'), env, trace);
      env.names.set(textOf(field(node, 'name') ?? node), value);
      return value;
    }
    default:
      evaluateChildren(node, env, trace);
      return NOTHING;
  }
}

function constant(value: Constant): Traced {
  return { is: 'constant', value };
}

/** Names of parts of a table that are no columns. */
const PARTS = new Set([
  ...[
    'loc',
    'iloc',
    'at',
    'iat',
    'na',
    'values',
    'T',
    'index',
    'columns',
    'shape',
    'size',
    'write',
    'writeStream',
  ],
  ...[
    'plot',
    'style',
    'features',
    'rdd',
    'dtypes',
    'schema',
    'num_rows',
    'column_names',
    'stat',
    'swifter',
    'empty',
  ],
]);

/** Attributes of a column that give its values; `.dt.year` gives others. */
const SAME_VALUE = new Set([
  'str',
  'dt',
  'cat',
  'values',
  'array',
  'list',
  'T',
  'swifter',
  'page_content',
  'text',
]);

function attributeOf(node: SyntaxNode, env: Env, trace: Trace): Traced {
  const owner = evaluate(field(node, 'object'), env, trace);
  const name = textOf(field(node, 'attribute') ?? node);
  if (owner.is === 'table') {
    if (name === 'index' || name === 'columns' || name === 'shape' || name === 'size') return NOTHING;
    return PARTS.has(name) || isCalled(node) ? owner : columnOf(owner.table, name, node);
  }
  if (owner.is === 'row') return isCalled(node) ? owner : columnOf(owner.table, name, node, false);
  if (owner.is === 'vectors') return owner;
  if (owner.is === 'cells')
    return SAME_VALUE.has(name) || isCalled(node) ? owner : { ...owner, expr: other(node, [owner.expr]) };
  return lookUp(env, textOf(node)) ?? NOTHING;
}

function isCalled(node: SyntaxNode): boolean {
  return node.parent?.type === 'call' && node.field === 'function';
}

function dictionaryOf(node: SyntaxNode, env: Env, trace: Trace): Traced {
  const entries = new Map<string, Traced>();
  for (const pair of node.children) {
    if (pair.type !== 'pair') {
      evaluate(pair.children[0], env, trace);
      continue;
    }
    const key = evaluate(field(pair, 'key'), env, trace);
    const value = evaluate(field(pair, 'value'), env, trace);
    if (key.is === 'constant') entries.set(String(key.value), value);
  }
  return { is: 'dict', entries };
}

function comprehensionOf(node: SyntaxNode, outer: Env, trace: Trace): Traced {
  const env = newEnv(outer);
  const conditions: SyntaxNode[] = [];
  let first: Traced | undefined;
  for (const clause of node.children) {
    if (clause.type === 'for_in_clause') {
      const value = evaluate(field(clause, 'right'), env, trace);
      first ??= value;
      const left = field(clause, 'left');
      if (left) bindTarget(left, elementOf(value), env, trace);
    } else if (clause.type === 'if_clause') {
      evaluate(clause.children[0], env, trace);
      conditions.push(clause);
    }
  }
  const element = evaluate(field(node, 'body'), env, trace);
  return manyOf(element, first, conditions[0]);
}

/** A list with an element for each row. One that leaves rows out by a condition is not followed exactly. */
export function manyOf(element: Traced, source: Traced | undefined, condition?: SyntaxNode): Traced {
  if (element.is === 'cells') {
    const expr = condition ? other(condition, [element.expr]) : element.expr;
    return { ...element, expr, many: true };
  }
  if (element.is === 'row') return { is: 'table', table: element.table };
  if (element.is === 'vectors') return element;
  if (element.is === 'dict' && source) return { is: 'list', items: [element] };
  if (element.is === 'list') return { is: 'list', items: [element] };
  return NOTHING;
}

function conditionalOf(node: SyntaxNode, env: Env, trace: Trace): Traced {
  const [yes, , no] = evaluateChildren(node, env, trace);
  if (yes?.is === 'cells')
    return { ...yes, expr: other(node, [yes.expr, ...(no?.is === 'cells' ? [no.expr] : [])]) };
  if (no?.is === 'cells') return { ...no, expr: other(node, [no.expr]) };
  return NOTHING;
}

/** `a and b` of masks; `x or default` of anything else is the first. */
function booleanOf(node: SyntaxNode, env: Env, trace: Trace): Traced {
  const left = evaluate(field(node, 'left'), env, trace);
  const right = evaluate(field(node, 'right'), env, trace);
  const operator = textOf(field(node, 'operator') ?? node);
  if (left.is === 'constant' && typeof left.value !== 'string')
    return Boolean(left.value) === (operator === 'or') ? left : right;
  if (left.is === 'mask' || right.is === 'mask')
    return junction(node, operator === 'and' ? 'and' : 'or', left, right);
  return left.is === 'cells' ? { ...left, expr: other(node, [left.expr]) } : NOTHING;
}

function unaryOf(node: SyntaxNode, env: Env, trace: Trace): Traced {
  const value = evaluate(field(node, 'argument'), env, trace);
  const operator = textOf(field(node, 'operator') ?? node);
  if (operator === '~') return value.is === 'constant' ? NOTHING : negation(node, value);
  if (operator === '-' && value.is === 'constant' && typeof value.value === 'number')
    return constant(-value.value);
  return NOTHING;
}

function binaryOf(node: SyntaxNode, env: Env, trace: Trace): Traced {
  const left = evaluate(field(node, 'left'), env, trace);
  const right = evaluate(field(node, 'right'), env, trace);
  const operator = textOf(field(node, 'operator') ?? node);
  if (operator === '&' || operator === '|')
    return maskOf(left) || maskOf(right)
      ? junction(node, operator === '&' ? 'and' : 'or', left, right)
      : NOTHING;
  if (left.is === 'constant' && right.is === 'constant') return folded(operator, left.value, right.value);
  if (operator === '+' && (left.is === 'cells' || right.is === 'cells')) return joined(node, [left, right]);
  if (operator === '+' && left.is === 'list' && right.is === 'list')
    return { is: 'list', items: [...left.items, ...right.items] };
  if (left.is === 'vectors') return left;
  const of = left.is === 'cells' ? left : right.is === 'cells' ? right : undefined;
  return of ? { ...of, expr: other(node, [of.expr]) } : NOTHING;
}

/** Characters: no path, column or pattern is longer, and a text that is doubled often enough fits in no memory. */
const LONGEST_CONSTANT = 100_000;

function folded(operator: string, left: Constant, right: Constant): Traced {
  // `Path("data") / "file.csv"`.
  if (operator === '/' && typeof left === 'string' && typeof right === 'string')
    return constant(`${left.replace(/\/$/, '')}/${right}`);
  if (operator === '+' && typeof left === 'string' && typeof right === 'string')
    return left.length + right.length > LONGEST_CONSTANT ? NOTHING : constant(left + right);
  if (typeof left !== 'number' || typeof right !== 'number') return NOTHING;
  if (operator === '+') return constant(left + right);
  if (operator === '-') return constant(left - right);
  if (operator === '*') return constant(left * right);
  if (operator === '//' && right !== 0) return constant(Math.floor(left / right));
  return operator === '/' && right !== 0 ? constant(left / right) : NOTHING;
}

export function subscriptKeys(node: SyntaxNode): SyntaxNode[] {
  return fields(node, 'subscript');
}
