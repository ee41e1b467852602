import { factOf, originOf } from './origin.ts';
import type { Fact, TimeFact } from './recipe.ts';
import type { Reading } from './trace/traced.ts';

/** The column that is read as a time. Of several none is chosen for sure: the first, and the others beside it. */
export function timestampFact({ times }: Reading): Fact<TimeFact> | undefined {
  const [first, ...others] = [...times].map(([column, { node, format }]) => ({
    value: { column, format },
    node,
  }));
  if (!first) return undefined;
  const alternatives = others.map(({ value, node }) => ({ value, origin: originOf(node) }));
  return { value: first.value, origin: originOf(first.node), alternatives };
}

const NAMED_LIKE_ID = /^(id|uuid|guid|key|_id)$|[_\s-](id|uuid|guid)$|[a-z](Id|ID)$/;

/** The column whose values stand for rows in a store or an index; else the only one that is named like an id. */
export function idFact({ ids, used }: Reading): Fact<string> | undefined {
  const [first, ...others] = [...ids].map(([value, node]) => ({ value, node }));
  if (first) {
    const alternatives = others.map(({ value, node }) => ({ value, origin: originOf(node) }));
    return { value: first.value, origin: originOf(first.node), alternatives };
  }
  const named = [...used].filter(([name]) => NAMED_LIKE_ID.test(name));
  const [only] = named;
  return named.length === 1 && only ? factOf(only[0], only[1][0]!) : undefined;
}

const VECTORS = /(^|[\W_])(embeddings?|vectors?|emb)([\W_\d]|$)/i;

/** Columns of the source that the notebook names, in the order in which it does; not those with vectors. */
export function columnFacts({ used }: Reading): Fact<string>[] {
  return [...used].flatMap(([name, nodes]) => (VECTORS.test(name) ? [] : [factOf(name, nodes[0]!)]));
}
