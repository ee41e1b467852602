import type { SyntaxNode } from '../python/node.ts';
import { type Definition, UNKNOWN, type Value } from './value.ts';

/** A name that was bound: where, to what, by which statement. */
export interface Binding {
  readonly name: string;
  readonly statement: SyntaxNode;
  readonly value: Value;
  /** The function that it is local to; undefined for a name of the notebook. */
  readonly owner: SyntaxNode | undefined;
}

/** A call of a function of the notebook. */
export interface CallSite {
  readonly call: SyntaxNode;
  readonly definition: Definition;
}

/** What running the notebook in file order shows about its expressions and names. */
export interface Flow {
  /** By expression: the best that is known, of all times that it was run. */
  readonly values: Map<SyntaxNode, Value>;
  readonly bindings: Binding[];
  readonly callSites: CallSite[];
  /** By function node. */
  readonly definitions: Map<SyntaxNode, Definition>;
}

export function newFlow(): Flow {
  return { values: new Map(), bindings: [], callSites: [], definitions: new Map() };
}

export function knownOf(flow: Flow, node: SyntaxNode | undefined): Value {
  return (node && flow.values.get(node)) ?? UNKNOWN;
}

export function record(flow: Flow, node: SyntaxNode, value: Value): Value {
  if (value.type !== 'unknown' || value.path !== undefined || !flow.values.has(node))
    flow.values.set(node, value);
  return value;
}
