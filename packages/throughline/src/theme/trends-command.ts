import { quoted } from '../quoted.ts';
import type { ThemesWatched } from './watch-themes.ts';

/** What to type to see the changes, and the texts that stand behind them. */
export function trendsCommand({ every, by, zone }: ThemesWatched): string {
  const options = [
    ...['--every', every],
    ...(by === null ? [] : ['--by', quoted(by)]),
    ...(zone === 'UTC' ? [] : ['--zone', quoted(zone)]),
  ];
  return `throughline themes trends ${options.join(' ')}`;
}
