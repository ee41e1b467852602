/**
 * A rough English stem, to see that two words are forms of one ("payments" and "payment", "charged" and "charging"): for
 * comparing, never for showing. Words of other languages mostly come back as they are.
 */
export function stem(word: string): string {
  const singular = withoutPlural(word);
  const root = singular.replace(/(?:ing|ed|er|ion|ment|ly)$/, '');
  const short = root.length >= 4 ? root : singular;
  return short.replace(/([^aeiouls])\1$/, '$1').replace(/[ei]$/, '');
}

/** The S stemmer of Harman 1991, "How effective is suffixing?": plurals only. */
export function withoutPlural(word: string): string {
  if (word.length < 4) return word;
  if (/ies$/.test(word) && !/[ae]ies$/.test(word)) return word.replace(/ies$/, 'y');
  if (/(?:ss|x|ch|sh)es$/.test(word)) return word.replace(/es$/, '');
  if (/s$/.test(word) && !/(?:us|ss|is)$/.test(word)) return word.replace(/s$/, '');
  return word;
}
