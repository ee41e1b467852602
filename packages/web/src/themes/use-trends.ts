import type { AnswerOf } from 'throughline/api';
import { useCall } from '../api/use-call.ts';
import { scaleTop } from '../charts/scale-top.ts';

export type Trends = AnswerOf<'themesTrends'>;

export interface TrendsQuery {
  every?: string | undefined;
  by?: string | undefined;
}

export function useTrends({ every, by }: TrendsQuery = {}) {
  const query = { ...(every === undefined ? {} : { every }), ...(by === undefined ? {} : { by }) };
  return useCall('themesTrends', { query }, { keep: true });
}

/** A theme over time among all records, and the top of a scale for it. */
export function trendOf(trends: Trends | undefined, theme: string) {
  const all = trends?.groups.find(({ value }) => value === null);
  const points = all?.themes.find(({ id }) => id === theme)?.points;
  return points && { points, highest: scaleTop([points], all!.totals) };
}

export type Trend = ReturnType<typeof trendOf>;

/** What is said of a theme in the news about all records. */
export function newsOf(trends: Trends | undefined, theme: string) {
  return trends?.news.find((one) => one.value === null && one.theme === theme);
}
