/** Languages of a sample of texts, so that a model that does not know them is noticed before it is paid for. */
import { languageOf } from '../quality/text/language-of.ts';

export interface LanguageShare {
  /** ISO 639-1, or `unknown` where the text is too short to tell. */
  language: string;
  share: number;
}

/** Below this share a language is more likely a wrong guess. */
const MIN_SHARE = 0.02;

export function languageShares(texts: readonly string[]): LanguageShare[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const language = languageOf(text);
    counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  const shares = [...counts].map(([language, count]) => ({ language, share: count / texts.length }));
  return shares.filter(({ share }) => share >= MIN_SHARE).sort((a, b) => b.share - a.share);
}

export function unknownLanguages(
  shares: readonly LanguageShare[],
  known: readonly string[] | undefined,
): LanguageShare[] {
  if (!known) return [];
  return shares.filter(({ language }) => language !== 'unknown' && !known.includes(language));
}
