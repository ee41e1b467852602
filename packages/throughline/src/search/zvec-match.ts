/** Prints the words of a question for Zvec 0.7. */
import type { ZVecFtsQuery } from '@zvec/zvec';
import type { Clause, KeywordQuery } from './keyword-query.ts';

/** The engine takes a negated phrase for a negated `all of its words`, wherever they stand: that is left to its caller. */
export function negatedPhrases(query: KeywordQuery): Clause[] {
  return 'plain' in query ? [] : query.clauses.filter(isNegatedPhrase);
}

function isNegatedPhrase({ occurs, anyOf }: Clause): boolean {
  return occurs === 'not' && anyOf.some((words) => words.length > 1);
}

/**
 * All but the negated phrases. Plain words go to the engine's analyser as they are. Clauses are printed as its query language, in which every word
 * stands in double quotes: inside of them only the quote, the backslash and the end of a line mean anything, and words
 * have none of these. Undefined where there is nothing that a passage could have: the engine refuses negations alone.
 */
export function zvecMatch(query: KeywordQuery): ZVecFtsQuery | undefined {
  if ('plain' in query) return { matchString: query.plain.replaceAll('\0', ' ') };
  const clauses = query.clauses.filter((clause) => clause.anyOf.length > 0 && !isNegatedPhrase(clause));
  if (query.clauses.some(({ occurs, anyOf }) => occurs === 'must' && anyOf.length === 0)) return undefined;
  if (!clauses.some(({ occurs }) => occurs !== 'not')) return undefined;
  return { queryString: clauses.map(print).join(' ') };
}

const SIGNS = { should: '', must: '+', not: '-' } as const;

function print({ occurs, anyOf }: Clause): string {
  const ways = anyOf.map((words) => `"${words.map(quotable).join(' ')}"`);
  return `${SIGNS[occurs]}${ways.length === 1 ? ways[0] : `(${ways.join(' ')})`}`;
}

function quotable(word: string): string {
  return word.replace(/["\\\p{C}]/gu, ' ');
}
