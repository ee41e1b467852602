/** Orders of a ranking other than by score. */
import { compareCodePoints } from '../filter/code-point-order.ts';
import type { Mapping } from '../source/mapping.ts';
import { sortableNames } from './facets.ts';
import { type Diverse, diversify, normalised } from './mmr.ts';
import type { Ranked } from './rank.ts';
import type { AttributeValue, IndexStore } from './store.ts';
import { usage } from './usage.ts';

export interface Sort {
  by: string;
  order: 'asc' | 'desc';
}

/** By a value of their records; equal ones as they were ranked, those without one last. */
export async function sortRanked(
  store: IndexStore,
  mapping: Mapping,
  ranked: readonly Ranked[],
  { by, order }: Sort,
): Promise<Ranked[]> {
  const isAttribute = mapping.attributes.some(({ name }) => name === by);
  if (!isAttribute && by !== mapping.timestamp)
    throw usage(`there is no attribute ${by} to sort by`, `There are: ${sortableNames(mapping)}.`);
  const passages = await store.fetch(ranked.map((one) => one.passages[0]!));
  const sortedValue = (one: Ranked): AttributeValue => {
    const passage = passages.get(one.passages[0]!);
    return (isAttribute ? passage?.attributes[by] : passage?.at) ?? null;
  };
  const direction = order === 'asc' ? 1 : -1;
  return ranked
    .map((one) => ({ one, value: sortedValue(one) }))
    .sort((a, b) => compareValues(a.value, b.value, direction))
    .map(({ one }) => one);
}

function compareValues(a: AttributeValue, b: AttributeValue, direction: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const order =
    typeof a === 'string' && typeof b === 'string' ? compareCodePoints(a, b) : Number(a) - Number(b);
  return order * direction;
}

/** How many of the best are put into an order of their own; the rest follows as it is ranked. */
const DIVERSE = 100;

/** Hits that differ from those before them come earlier, the more so the greater `diversity` is. */
export async function diversifyRanked(
  store: IndexStore,
  ranked: readonly Ranked[],
  diversity: number,
): Promise<Ranked[]> {
  const head = ranked.slice(0, DIVERSE);
  const vectors = await store.vectors(head.map(({ passages }) => passages[0]!));
  const [most, least] = [head[0]?.score ?? 0, head.at(-1)?.score ?? 0];
  const items = head.map(
    (item): Diverse<Ranked> => ({
      item,
      relevance: most === least ? 1 : (item.score - least) / (most - least),
      vector: normalised(vectors.get(item.passages[0]!)!),
    }),
  );
  return [...diversify(items, diversity), ...ranked.slice(DIVERSE)];
}
