import type { Keyword } from './keywords.ts';
import { stem } from './stem.ts';

/** A phrase this much weaker than its word says nearly as much, and is the better keyword. */
const PHRASE_SHARE = 0.65;

/**
 * The best `top` of keywords (strongest first) that say different things: no two with the same words in other forms,
 * no word that a chosen phrase holds. Instead of a word comes its strongest phrase, where that is nearly as strong.
 */
export function distinct(candidates: Keyword[], top: number): Keyword[] {
  const terms = candidates.map(({ term, weight }) => ({ term, weight, stems: term.split(' ').map(stem) }));
  const chosen: Term[] = [];
  for (const candidate of terms) {
    if (chosen.length >= top) break;
    const term = phraseFor(candidate, terms) ?? candidate;
    if (isNew(term, chosen)) chosen.push(term);
    else if (term !== candidate && isNew(candidate, chosen)) chosen.push(candidate);
  }
  return chosen.map(({ term, weight }) => ({ term, weight }));
}

interface Term extends Keyword {
  stems: string[];
}

function phraseFor(word: Term, terms: Term[]): Term | undefined {
  if (word.stems.length > 1) return undefined;
  return terms.find(
    (term) =>
      term.stems.length > 1 &&
      term.stems.includes(word.stems[0]!) &&
      term.weight >= PHRASE_SHARE * word.weight,
  );
}

/** At least one word of the term is in no chosen one; and no chosen word alone is a part of it. */
function isNew(term: Term, chosen: Term[]): boolean {
  const said = new Set(chosen.flatMap(({ stems }) => stems));
  if (term.stems.every((part) => said.has(part))) return false;
  return !chosen.some(({ stems }) => stems.length === 1 && term.stems.includes(stems[0]!));
}
