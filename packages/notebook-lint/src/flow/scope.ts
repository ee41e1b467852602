import type { SyntaxNode } from '../python/node.ts';
import type { Value } from './value.ts';

/** Names and what they are bound to, as Python looks them up: in the function, then in the notebook. */
export interface Scope {
  readonly names: Map<string, Value>;
  readonly outer: Scope | undefined;
  /** The function whose body it is; undefined for the notebook itself. */
  readonly owner: SyntaxNode | undefined;
  /** What `return` gave so far. */
  readonly returned: Value[];
}

export function newScope(outer?: Scope, owner?: SyntaxNode): Scope {
  return { names: new Map(), outer, owner, returned: [] };
}

export function lookUp(scope: Scope, name: string): Value | undefined {
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const value = at.names.get(name);
    if (value) return value;
  }
  return undefined;
}
