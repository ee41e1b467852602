import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ThemesTrends, TrendGroup, TrendNews } from '../theme/index.ts';
import { type Context, lakeOf, printJson, type SharedOptions, withSharedOptions } from './context.ts';
import { excerpt } from './excerpt.ts';
import { parseCount } from './parse.ts';
import { formatCount, printable, table } from './terminal.ts';

interface TrendsOptions extends SharedOptions {
  every?: string;
  by?: string;
  periods?: number;
  zone: string;
}

export function themeTrendsCommand(themes: Command, context: Context): void {
  withSharedOptions(themes.command('trends'))
    .summary('how the themes change with time, and what is news')
    .description(
      'Shares of the records by period; changes of the last one that chance, and the usual ups and downs, do not explain.',
    )
    .addOption(
      new Option(
        '--every <window>',
        'length of a period: 1d, 7d, 1M, 1y (default: by the number of records)',
      ).argParser(parseWindowOption),
    )
    .option('--by <attribute>', 'for each of its most frequent values, too')
    .option('--periods <n>', 'the latest so many (default 24)', parseCount)
    .option('--zone <zone>', 'in which days begin', 'UTC')
    .addHelpText('after', '\nExample:\n  throughline themes trends --every 1M --by product\n')
    .action(async ({ every, by, periods, zone, ...options }: TrendsOptions) => {
      const { themesTrends } = await import('../theme/index.ts');
      const found = await themesTrends(await lakeOf(options, context), { every, by, periods, zone });
      if (options.json) printJson(context, found);
      else print(context, found);
    });
}

function parseWindowOption(given: string): string {
  if (/^[1-9]\d*[dwMy]$/.test(given)) return given;
  throw new InvalidArgumentError('A period is a number and d, w, M or y: 7d, 1M.');
}

function print(
  { terminal }: Context,
  { every, periods, lastIsOpen, groups, news, withoutTime }: ThemesTrends,
): void {
  const last = periods.at(-1)!;
  for (const group of groups) {
    if (group.value !== null) terminal.print(terminal.style('bold', printable(group.value)));
    for (const line of rows(group)) terminal.print(line);
    terminal.print();
  }
  for (const one of news) {
    terminal.print(newsLine(one, (text) => terminal.style('bold', text)));
    for (const { recordId, text } of one.texts)
      terminal.print(`      ${printable(recordId)}: "${excerpt(text, [], EXCERPT_LENGTH)}"`);
  }
  const open = lastIsOpen ? ', which is not over yet' : '';
  terminal.log(
    `${periods.length} periods of ${every}, the last from ${last.from}${open}; ${
      news.length === 0 ? 'no news' : `${formatCount(news.length)} changes`
    }${withoutTime > 0 ? `; ${formatCount(withoutTime)} records without a time left out` : ''}`,
  );
}

const EXCERPT_LENGTH = 150;

function rows({ themes }: TrendGroup): string[] {
  return table(
    ['theme', 'label', 'trend', 'share', 'before', ''],
    themes.map(({ id, label, points }) => {
      const { share, before, change } = points.at(-1)!;
      return [
        id,
        label.slice(0, LABEL_LENGTH),
        sparkline(points.map((point) => point.share)),
        percent(share),
        percent(before),
        change === 'none' ? '' : change,
      ];
    }),
  );
}

const LABEL_LENGTH = 48;

function newsLine(
  { value, theme, label, change, share, before, q }: TrendNews,
  bold: (text: string) => string,
): string {
  const where = value === null ? '' : ` in ${printable(value)}`;
  return `${change}${where}: ${theme}  ${bold(printable(label))}  ${percent(before)} to ${percent(share)} (q ${q.toPrecision(1)})`;
}

function percent(share: number | null): string {
  return share === null ? '' : `${(100 * share).toFixed(1)} %`;
}

const BARS = '▁▂▃▄▅▆▇█';

/** From nothing to the highest share; a blank where there were no records. */
function sparkline(shares: readonly (number | null)[]): string {
  const most = Math.max(...shares.map((share) => share ?? 0), Number.MIN_VALUE);
  return shares
    .map((share) => (share === null ? ' ' : BARS[Math.round((share / most) * (BARS.length - 1))]))
    .join('');
}
