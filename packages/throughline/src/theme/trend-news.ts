/** What has changed in the last period, and the texts that stand behind it. */
import { quoteLiteral, relation } from '@throughline/delta';
import type { TrendPoint } from '@throughline/themes';
import { DateTime } from 'luxon';
import type { Session } from '../engine/local/session.ts';
import type { ThemeTables } from './open-themes.ts';
import type { Period } from './periods.ts';
import type { TrendGroup } from './trends.ts';

/** A theme that is more, less or new in the last period. */
export interface TrendNews {
  value: string | null;
  theme: string;
  label: string;
  change: Exclude<TrendPoint['change'], 'none'>;
  share: number;
  before: number;
  q: number;
  /** Of the period, those that belong to the theme most clearly; only of the first twenty. */
  texts: { recordId: string; text: string }[];
}

const NEWS_TEXTS = 3;
/** Each is a query over the texts. */
const NEWS_WITH_TEXTS = 20;

/** The clearest first: what has changed most beyond chance. Without texts. */
export function newsOf(groups: readonly TrendGroup[]): TrendNews[] {
  const found = groups.flatMap(({ value, themes }) =>
    themes.flatMap(({ id, label, points }): TrendNews[] => {
      const { change, share, before, q } = points.at(-1)!;
      if (change === 'none') return [];
      return [{ value, theme: id, label, change, share: share!, before: before!, q: q!, texts: [] }];
    }),
  );
  return found.sort((a, b) => a.q - b.q || (a.theme < b.theme ? -1 : 1));
}

/** Reads the records that `stageDated` has put into the session. */
export async function newsWithTexts(
  session: Session,
  tables: ThemeTables,
  groups: readonly TrendGroup[],
  { from, to, zone }: Period & { zone: string },
): Promise<TrendNews[]> {
  await using assignments = await relation(tables.assignments);
  await using passages = await relation(tables.passages);
  const instant = (day: string) => DateTime.fromISO(day, { zone }).toMillis() * 1_000;
  const news: TrendNews[] = [];
  for (const [i, one] of newsOf(groups).entries()) {
    if (i >= NEWS_WITH_TEXTS) {
      news.push(one);
      continue;
    }
    const rows = await session.query(
      `SELECT _id, arg_max(_text, _score) AS text FROM ${assignments.sql} JOIN (SELECT _chunk, _passage, _id, _text FROM ${passages.sql} WHERE ${tables.within ?? 'true'}) USING (_chunk, _passage, _id) JOIN dated USING (_id, _theme)
       WHERE _theme = ${quoteLiteral(one.theme)} AND dated.micros >= ${instant(from)} AND dated.micros < ${instant(to)}
         AND ${one.value === null ? 'true' : `dated.value = ${quoteLiteral(one.value)}`}
       GROUP BY _id ORDER BY max(_score) DESC, _id LIMIT ${NEWS_TEXTS}`,
    );
    news.push({
      ...one,
      texts: rows.map(({ _id, text }) => ({ recordId: String(_id), text: String(text) })),
    });
  }
  return news;
}
