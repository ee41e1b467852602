import type { Keyword } from './keywords.ts';

const LABEL_TERMS = 3;

/** The first keywords as a label, such as "debt collection · calls · validation"; "unnamed" without any. */
export function label(keywords: readonly Keyword[]): string {
  const terms = keywords.slice(0, LABEL_TERMS).map(({ term }) => term);
  return terms.join(' · ') || 'unnamed';
}
