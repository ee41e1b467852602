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

/** What running the notebook in file order shows about its expressions and names. */
export interface Flow {
  /** By expression: the best that is known, of all times that it was run. */
  readonly values: Map<SyntaxNode, Value>;
  readonly bindings: Binding[];
  /** By function node: the calls of it. */
  readonly callers: Map<SyntaxNode, Set<SyntaxNode>>;
  /** By function node. */
  readonly definitions: Map<SyntaxNode, Definition>;
}

export function newFlow(): Flow {
  return { values: new Map(), bindings: [], callers: new Map(), definitions: new Map() };
}

export function knownOf(flow: Flow, node: SyntaxNode | undefined): Value {
  return (node && flow.values.get(node)) ?? UNKNOWN;
}

/** Notes what an expression gave, unless more is known of it from another time that it was run. */
export function record(flow: Flow, node: SyntaxNode, value: Value): Value {
  const before = flow.values.get(node);
  if (!before || certainty(value) >= certainty(before)) flow.values.set(node, value);
  return value;
}

/** Nothing, a name that nothing defines, or something. */
function certainty({ type, path }: Value): number {
  if (type !== 'unknown') return 2;
  return path === undefined ? 0 : 1;
}
