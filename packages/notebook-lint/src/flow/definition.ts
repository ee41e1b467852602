import { field, type SyntaxNode, textOf } from '../python/node.ts';
import type { CallContext } from './call-value.ts';
import { type Flow, knownOf } from './flow.ts';
import { newScope, type Scope } from './scope.ts';
import { runBlock } from './statement.ts';
import { type Definition, newFrame, type Parameter, UNKNOWN, type Value } from './value.ts';

/** A function that calls functions that call functions: followed so far. */
const MAX_DEPTH = 4;
/** How often one function is run with other arguments. */
const MAX_RUNS = 6;

export function definitionOf(node: SyntaxNode): Definition {
  const parameters = (field(node, 'parameters')?.children ?? [])
    .map(parameterOf)
    .filter((one) => one !== undefined);
  return { name: textOf(field(node, 'name') ?? node), node, parameters };
}

function parameterOf(node: SyntaxNode): Parameter | undefined {
  const name =
    node.type === 'identifier'
      ? node
      : (field(node, 'name') ?? node.children.find(({ type }) => type === 'identifier'));
  if (!name || node.type.includes('splat')) return undefined;
  return { name: textOf(name), node, default: field(node, 'value'), annotation: field(node, 'type') };
}

/** Runs a function of the notebook with the arguments of a call. */
export function callDefinition(
  definition: Definition,
  context: CallContext,
  scope: Scope,
  flow: Flow,
): Value {
  const { call, arguments: args, valueAt } = context;
  const callers = flow.callers.get(definition.node) ?? new Set();
  flow.callers.set(definition.node, callers.add(call));
  const given = new Map<string, Value>();
  definition.parameters.forEach(({ name }, index) => {
    const node = args.named.get(name) ?? args.positional[index];
    if (node) given.set(name, valueAt(node));
  });
  return runDefinition(definition, given, scope, flow);
}

const runs = new WeakMap<Flow, Map<SyntaxNode, number>>();

/** The value that a function returns, run with what is known of its arguments. */
export function runDefinition(
  definition: Definition,
  given: ReadonlyMap<string, Value>,
  scope: Scope,
  flow: Flow,
): Value {
  const counts = runs.get(flow) ?? new Map<SyntaxNode, number>();
  runs.set(flow, counts);
  const count = counts.get(definition.node) ?? 0;
  if (count >= MAX_RUNS || depthOf(scope) >= MAX_DEPTH) return UNKNOWN;
  counts.set(definition.node, count + 1);
  return runBody(definition, given, scope, flow);
}

/** Runs the body once, however often it was run before. */
export function runBody(
  definition: Definition,
  given: ReadonlyMap<string, Value>,
  scope: Scope,
  flow: Flow,
): Value {
  const inner = newScope(scope, definition.node);
  for (const parameter of definition.parameters) {
    const value = given.get(parameter.name);
    inner.names.set(
      parameter.name,
      value && value.type !== 'unknown' ? value : assumed(parameter, value, flow),
    );
  }
  const body = field(definition.node, 'body');
  if (body) runBlock(body, inner, flow);
  return (
    inner.returned.find(({ type }) => type !== 'unknown' && type !== 'none') ??
    inner.returned[0] ?? { type: 'none' }
  );
}

function depthOf(scope: Scope): number {
  let depth = 0;
  for (let at: Scope | undefined = scope; at; at = at.outer) if (at.owner) depth++;
  return depth;
}

/** A parameter of which nothing was given is what its annotation says. */
function assumed({ annotation, default: value }: Parameter, given: Value | undefined, flow: Flow): Value {
  const type = annotation ? textOf(annotation) : '';
  if (/\bDataFrame\b/.test(type) && !/spark/i.test(type))
    return { type: 'pandas.DataFrame', path: 'pandas.DataFrame', frame: newFrame() };
  if (/\bSeries\b/.test(type)) return { type: 'pandas.Series', path: 'pandas.Series', frame: newFrame() };
  if (type === 'str') return { type: 'text' };
  if (/^(list|List)\[str\]$/.test(type)) return { type: 'list', element: { type: 'text' } };
  const standard = knownOf(flow, value);
  if (standard.type === 'number') return standard;
  return given ?? UNKNOWN;
}
