/** What has changed among the themes, for those who want to be told. */
import type { Config } from '../config/index.ts';
import type { Lake } from '../lake/lake.ts';
import type { TrendNews } from './trend-news.ts';
import { themesTrends } from './trends.ts';

/** A theme of all records, or of those with a value of the attribute, in the latest period. */
export type WatchedChange = Omit<TrendNews, 'texts'>;

export interface ThemesWatched {
  every: string;
  by: string | null;
  zone: string;
  /** Day on which the latest period begins. */
  from: string;
  /** It may go on. */
  isOpen: boolean;
  /** The clearest first. */
  changes: WatchedChange[];
}

/** Reads the times and themes of all records, as `themes trends` does, and throws as that does. Texts are left out: who is told may not be allowed to read them. */
export async function watchThemes(
  lake: Lake,
  { every, by, changes: wanted }: NonNullable<Config['themes']['watch']>,
  zone: string,
): Promise<ThemesWatched> {
  const { periods, lastIsOpen, news } = await themesTrends(lake, { every, by, zone, texts: false });
  const changes = news
    .filter(({ change }) => wanted.includes(change))
    .map(({ texts: _none, ...change }) => change);
  return { every, by: by ?? null, zone, from: periods.at(-1)!.from, isOpen: lastIsOpen, changes };
}
