/** What each theme is about: keywords, a label, passages that stand for it, and its centroid. Read off the sample. */
import { centroidsOf, gatherRows, keywords, label, representatives, themeSums } from '@throughline/themes';
import { memberCounts } from './identity.ts';
import type { Sample } from './read-sample.ts';

export interface Description {
  label: string;
  keywords: string[];
  /** Ids of passages. */
  representatives: string[];
  /** Texts that a name is judged by: those of the representatives, and more. Empty where it was not described anew. */
  texts: string[];
  /** Of length 1; undefined where no passage of the sample is in the theme. */
  centroid: Float32Array | undefined;
  /** Passages of the sample. */
  sampled: number;
}

const KEYWORDS = 10;
const REPRESENTATIVES = 3;
const TEXTS = 8;

/** `themeOf`: the theme of each passage of the sample, null where it has none. */
export function describeThemes(
  { ids, texts, vectors, dimension }: Sample,
  themes: readonly string[],
  themeOf: readonly (string | null)[],
): Map<string, Description> {
  const numbers = new Map(themes.map((id, i) => [id, i]));
  const items = [...themeOf.keys()].filter((i) => numbers.has(themeOf[i] ?? ''));
  if (items.length === 0) return new Map();
  const membership = Int32Array.from(items, (i) => numbers.get(themeOf[i]!)!);
  const own = gatherRows(vectors, dimension, items);
  const centroids = centroidsOf(themeSums(own, dimension, membership, themes.length), dimension);
  const counts = memberCounts(membership, themes.length);
  const documents = items.map((i, row) => ({ text: texts[i]!, theme: membership[row]! }));
  const words = keywords(documents, themes.length, { top: KEYWORDS });
  const shown = representatives(own, dimension, membership, centroids, { perTheme: TEXTS });
  return new Map(
    themes.map((id, theme): [string, Description] => [
      id,
      {
        label: label(words[theme]!),
        keywords: words[theme]!.map(({ term }) => term),
        representatives: Array.from(shown[theme]!.slice(0, REPRESENTATIVES), (row) => ids[items[row]!]!),
        texts: Array.from(shown[theme]!, (row) => texts[items[row]!]!),
        centroid:
          counts[theme] === 0 ? undefined : centroids.slice(theme * dimension, (theme + 1) * dimension),
        sampled: counts[theme]!,
      },
    ]),
  );
}
