import type { SyntaxNode } from '../python/node.ts';

/** Names that are defined so far, as Python looks them up. */
export interface NameScope {
  readonly names: Set<string>;
  readonly outer: NameScope | undefined;
  /** What a class defines is not seen by its methods. */
  readonly isClass: boolean;
}

/** A use inside a function: judged when all names of the notebook are known. */
export interface DeferredUse {
  readonly node: SyntaxNode;
  readonly name: string;
  readonly scope: NameScope;
}

/** What was found out on the way through the cells. */
export interface Uses {
  readonly deferred: DeferredUse[];
  /** By name: the first use without a definition. */
  readonly missing: Map<string, SyntaxNode>;
  /** Something may define names that cannot be seen: a star import, `exec`. */
  unclear: boolean;
}

export function nameScope(outer?: NameScope, isClass = false): NameScope {
  return { names: new Set(), outer, isClass };
}

export function noUses(): Uses {
  return { deferred: [], missing: new Map(), unclear: false };
}

export function isDefined(name: string, scope: NameScope): boolean {
  for (let at: NameScope | undefined = scope; at; at = at.outer) if (at.names.has(name)) return true;
  return false;
}

export function miss(node: SyntaxNode, name: string, uses: Uses): void {
  if (!uses.missing.has(name)) uses.missing.set(name, node);
}
