import { type Arguments, argumentsOf, calledName, receiverOf } from '../python/call.ts';
import { field, type SyntaxNode } from '../python/node.ts';
import { reached } from './attribute.ts';
import { callDefinition } from './definition.ts';
import { embeddingResult } from './embedding.ts';
import { evaluate, evaluateAll } from './expression.ts';
import { type Flow, knownOf } from './flow.ts';
import { functionResult } from './function-result.ts';
import { methodResult } from './method-result.ts';
import type { Scope } from './scope.ts';
import { UNKNOWN, type Value } from './value.ts';

/** A call as the tables of libraries see it. */
export interface CallContext {
  readonly call: SyntaxNode;
  readonly arguments: Arguments;
  /** The last name of what is called. */
  readonly name: string | undefined;
  /** `pandas.read_csv`, `pandas.DataFrame.head`, `?.head` where the receiver is not known. */
  readonly path: string;
  readonly receiver: Value;
  valueAt(node: SyntaxNode | undefined): Value;
}

export function evaluateCall(call: SyntaxNode, scope: Scope, flow: Flow): Value {
  const callee = evaluate(field(call, 'function'), scope, flow);
  const list = field(call, 'arguments');
  if (list?.type === 'generator_expression') evaluate(list, scope, flow);
  else if (list) evaluateAll(list, scope, flow);
  const context: CallContext = {
    call,
    arguments: argumentsOf(call),
    name: calledName(call),
    path: callee.path ?? '?',
    receiver: knownOf(flow, receiverOf(call)),
    valueAt: (node) => knownOf(flow, node),
  };
  if (callee.definition) return callDefinition(callee.definition, context, scope, flow);
  return (
    embeddingResult(context) ?? methodResult(context) ?? functionResult(context) ?? plainResult(callee, call)
  );
}

/** An instance has the path of its class; what a function gives has the path of the function and `()`. */
function plainResult(callee: Value, call: SyntaxNode): Value {
  if (callee.path === undefined) return UNKNOWN;
  if (callee.type === 'class') return { type: 'object', path: callee.path, call };
  if (callee.path.startsWith('builtins.') || callee.path.startsWith('?')) return UNKNOWN;
  return { ...reached({ type: 'object' }, `${callee.path}()`), call };
}
