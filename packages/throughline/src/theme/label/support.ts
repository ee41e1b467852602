import { contentStems } from '@throughline/themes';
import type { Evidence } from './evidence.ts';

/** Words that one text alone has may be its own; of so many texts, two have to have a word. */
const TEXTS_WITH_A_WORD = 2;

export interface Support {
  /** Words of the label that the evidence has, and those that it has not. */
  readonly found: readonly string[];
  readonly missing: readonly string[];
}

/** Which words of a label stand, in any form, among the keywords of a theme or in two of its texts (one, where there is only one). */
export function supportOf(label: string, { keywords, texts }: Evidence): Support {
  const named = new Set(keywords.flatMap((keyword) => [...contentStems(keyword).keys()]));
  const inTexts = texts.map((text) => contentStems(text));
  const least = Math.min(TEXTS_WITH_A_WORD, inTexts.length);
  const [found, missing]: string[][] = [[], []];
  for (const [stem, word] of contentStems(label)) {
    const holders = inTexts.filter((stems) => stems.has(stem)).length;
    (named.has(stem) || (least > 0 && holders >= least) ? found : missing)!.push(word);
  }
  return { found: found!, missing: missing! };
}
