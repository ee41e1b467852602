import type { Keyword } from './keywords.ts';
import { stem } from './stem.ts';

/** A candidate with its number of occurrences in the theme. */
export interface Candidate extends Keyword {
  count: number;
}

/** A phrase that is this share of its word's occurrences says what the word means here, and is the better keyword. */
const PHRASE_SHARE = 0.2;

/**
 * The best `top` of keywords (strongest first) that say different things: no two with the same words in other forms,
 * no word that a chosen phrase holds. Instead of a word comes its strongest phrase, where the word mostly is in it.
 */
export function distinct(candidates: Candidate[], top: number): Keyword[] {
  const terms = candidates.map((candidate) => ({ ...candidate, stems: candidate.term.split(' ').map(stem) }));
  const chosen: Term[] = [];
  for (const candidate of terms) {
    if (chosen.length >= top) break;
    const term = phraseFor(candidate, terms) ?? candidate;
    if (isNew(term, chosen)) chosen.push(term);
    else if (term !== candidate && isNew(candidate, chosen)) chosen.push(candidate);
  }
  return chosen.map(({ term, weight }) => ({ term, weight }));
}

interface Term extends Candidate {
  stems: string[];
}

function phraseFor(word: Term, terms: Term[]): Term | undefined {
  if (word.stems.length > 1) return undefined;
  return terms.find(
    ({ stems, count }) =>
      stems.length > 1 && stems.includes(word.stems[0]!) && count >= PHRASE_SHARE * word.count,
  );
}

/** At least one word of the term is in no chosen one; and no chosen word alone is a part of it. */
function isNew(term: Term, chosen: Term[]): boolean {
  const said = new Set(chosen.flatMap(({ stems }) => stems));
  if (term.stems.every((part) => said.has(part))) return false;
  return !chosen.some(({ stems }) => stems.length === 1 && term.stems.includes(stems[0]!));
}
