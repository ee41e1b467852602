import { quoteIdentifier } from '@throughline/delta';
import type { Session } from '../engine/local/session.ts';
import { type Found, rounded } from './found.ts';
import { languageOf } from './text/language-of.ts';

/** Texts that are looked at. */
const SAMPLE = 2_000;
const SHOWN = 10;

/**
 * Which share of the texts is in one of the languages: of those with the smallest digests of their record, the same ones each time; texts too
 * short to tell are left out. Memory: that sample.
 */
export async function checkLanguage(
  { languages, min }: { languages: readonly string[]; min: number },
  { session, records, column }: { session: Session; records: string; column: string },
): Promise<Found> {
  const text = quoteIdentifier(column);
  const rows = await session.query(
    `SELECT _id, ${text} AS text FROM ${records} AS r WHERE ${text} IS NOT NULL ORDER BY _hash, _id LIMIT ${SAMPLE}`,
  );
  const judged = rows
    .map(({ _id, text }) => ({ id: String(_id), language: languageOf(String(text)) }))
    .filter(({ language }) => language !== 'unknown');
  const expected = `a share of at least ${min} in ${languages.join(', ')}`;
  if (judged.length === 0) return { status: 'passed', observed: null, expected };
  const others = judged.filter(({ language }) => !languages.includes(language));
  const observed = 1 - others.length / judged.length;
  return {
    status: observed >= min ? 'passed' : 'failed',
    ...{ observed: rounded(observed), expected },
    sample: others.map(({ id }) => id).slice(0, SHOWN),
    detail: sharesOf(judged.map(({ language }) => language)),
  };
}

/** The five most frequent. */
function sharesOf(languages: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const language of languages) counts.set(language, (counts.get(language) ?? 0) + 1);
  return [...counts]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, 5)
    .map(([language, count]) => `${language} ${rounded(count / languages.length)}`)
    .join(', ');
}
