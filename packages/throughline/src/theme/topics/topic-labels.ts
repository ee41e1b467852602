/** Which topic the attributes of a text say that it is in. */
import { REST, UNKNOWN } from '@throughline/themes';
import type { Taxonomy } from './taxonomy.ts';

/** Attributes that examples are named by. */
export function usedAttributes({ topics }: Taxonomy): string[] {
  return [...new Set(topics.flatMap(({ examples }) => Object.keys(examples)))].sort();
}

/**
 * The deepest topic whose examples have the text's values, of several the first in the file. Without one: `REST` where every attribute
 * that is used has a value, which then is no topic's, else `UNKNOWN`. `values`: by attribute, one a text.
 */
export function topicLabels(
  taxonomy: Taxonomy,
  values: Readonly<Record<string, readonly (string | null)[]>>,
  count: number,
): Int32Array {
  const { topics } = taxonomy;
  const used = usedAttributes(taxonomy);
  const depths: number[] = [];
  for (const { parent } of topics) depths.push(parent === -1 ? 0 : depths[parent]! + 1);
  const withExamples = [...topics.keys()]
    .filter((topic) => Object.keys(topics[topic]!.examples).length > 0)
    .sort((a, b) => depths[b]! - depths[a]! || a - b);
  const sets = topics.map(({ examples }) =>
    Object.entries(examples).map(([name, some]) => [name, new Set(some)] as const),
  );
  const textOf = (name: string, i: number) => values[name]![i]?.trim() ?? '';
  return Int32Array.from({ length: count }, (_, i) => {
    const found = withExamples.find((topic) =>
      sets[topic]!.every(([name, some]) => some.has(textOf(name, i))),
    );
    if (found !== undefined) return found;
    return used.length > 0 && used.every((name) => textOf(name, i) !== '') ? REST : UNKNOWN;
  });
}
