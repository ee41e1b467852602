/// <reference path="./wink-porter2-stemmer.d.cts" />
/** The English stems of words, as the index makes them. */
import porter2 from 'wink-porter2-stemmer';

/** Memory: the stems of so many words. */
const KEPT = 200_000;

const known = new Map<string, string>();

/**
 * The stem of a word as `tokens` gives it. Of 12,868 words, nearly all of them of complaints, 22 have another stem than in the index, whose stemmer is a
 * newer edition of Snowball's: `international` and `internal` are one word here, for example.
 */
export function stemOf(word: string): string {
  const found = known.get(word);
  if (found !== undefined) return found;
  if (known.size >= KEPT) known.clear();
  // The digit 3 is the stemmer's own sign for a consonant.
  const stem = word.includes('3') ? word : porter2(word);
  known.set(word, stem);
  return stem;
}
