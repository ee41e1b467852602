/** What each theme is about: keywords, a label, passages that stand for it, and its centroid. Read off the sample. */
import { keywords, label, representatives } from '@throughline/themes';
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
  const own = new Float32Array(items.length * dimension);
  for (const [row, i] of items.entries())
    own.set(vectors.subarray(i * dimension, (i + 1) * dimension), row * dimension);
  const { centroids, counts } = centroidsOf(own, dimension, membership, themes.length);
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

/** Rows of length 1, or of zeros. */
function centroidsOf(
  vectors: Float32Array,
  dimension: number,
  membership: Int32Array,
  themes: number,
): { centroids: Float32Array; counts: number[] } {
  const sums = new Float64Array(themes * dimension);
  const counts = new Array<number>(themes).fill(0);
  for (const [i, theme] of membership.entries()) {
    counts[theme]!++;
    for (let d = 0; d < dimension; d++) sums[theme * dimension + d]! += vectors[i * dimension + d]!;
  }
  const centroids = new Float32Array(sums.length);
  for (let theme = 0; theme < themes; theme++) {
    const row = sums.subarray(theme * dimension, (theme + 1) * dimension);
    const length = Math.sqrt(row.reduce((total, value) => total + value * value, 0));
    if (length > 0) for (let d = 0; d < dimension; d++) centroids[theme * dimension + d] = row[d]! / length;
  }
  return { centroids, counts };
}
