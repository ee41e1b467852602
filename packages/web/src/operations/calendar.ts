/** Chunks as a calendar: windows of time in their years; everything else in one row. */
export interface Calendar<T> {
  /** How long the windows are, as far as their starts tell. */
  unit: 'day' | 'week' | 'month' | 'year' | 'none';
  years: { year: string; groups: Group<T>[] }[];
  /** Chunks that are no window of time. */
  others: T[];
}

export interface Group<T> {
  /** A month of days, a quarter of weeks, or nothing. */
  label: string;
  /** Empty cells stand for times without a chunk, so that the same column is the same time. */
  cells: (T | undefined)[];
}

const WINDOW = /^d:(\d{4})-(\d{2})-(\d{2})/;
const DAY_MS = 86_400_000;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

interface Dated<T> {
  chunk: T;
  time: Date;
}

export function calendarOf<T extends { chunk: string }>(chunks: readonly T[]): Calendar<T> {
  const dated = chunks.flatMap((chunk): Dated<T>[] => {
    const [, year, month, day] = WINDOW.exec(chunk.chunk) ?? [];
    return year === undefined ? [] : [{ chunk, time: new Date(Date.UTC(+year, +month! - 1, +day!)) }];
  });
  dated.sort((a, b) => a.time.getTime() - b.time.getTime());
  const unit = unitOf(dated.map(({ time }) => time));
  const years = Map.groupBy(dated, ({ time }) => String(time.getUTCFullYear()));
  return {
    unit,
    years: Array.from(years, ([year, inYear]) => ({ year, groups: groupsOf(inYear, unit) })).reverse(),
    others: chunks.filter(({ chunk }) => !WINDOW.test(chunk)),
  };
}

/** The shortest time from one start to the next tells the length of the windows: some may be missing. */
function unitOf(times: readonly Date[]): Calendar<unknown>['unit'] {
  if (times.length === 0) return 'none';
  let least = Infinity;
  for (let i = 1; i < times.length; i++)
    least = Math.min(least, times[i]!.getTime() - times[i - 1]!.getTime());
  const days = least / DAY_MS;
  if (days < 7) return 'day';
  if (days < 28) return 'week';
  return days < 365 ? 'month' : 'year';
}

function groupsOf<T>(inYear: readonly Dated<T>[], unit: Calendar<T>['unit']): Group<T>[] {
  if (unit === 'day')
    return grouped(inYear, ({ time }) => time.getUTCMonth()).map(([month, days]) => ({
      label: MONTHS[month]!,
      cells: placed(days, ({ time }) => firstWeekday(time) + time.getUTCDate() - 1),
    }));
  if (unit === 'week')
    return grouped(inYear, ({ time }) => Math.floor(time.getUTCMonth() / 3)).map(([quarter, weeks]) => ({
      label: `Q${quarter + 1}`,
      cells: weeks.map(({ chunk }) => chunk),
    }));
  if (unit === 'month') return [{ label: '', cells: placed(inYear, ({ time }) => time.getUTCMonth(), 12) }];
  return [{ label: '', cells: inYear.map(({ chunk }) => chunk) }];
}

function grouped<T>(chunks: readonly Dated<T>[], by: (chunk: Dated<T>) => number): [number, Dated<T>[]][] {
  return [...Map.groupBy(chunks, by)];
}

/** Each chunk at its place, of at least `length` places. Of two at one place the second goes to the end. */
function placed<T>(
  chunks: readonly Dated<T>[],
  at: (chunk: Dated<T>) => number,
  length = 0,
): (T | undefined)[] {
  const cells = Array.from<T | undefined>({ length });
  for (const one of chunks) {
    const place = at(one);
    while (cells.length <= place) cells.push(undefined);
    if (cells[place] === undefined) cells[place] = one.chunk;
    else cells.push(one.chunk);
  }
  return cells;
}

/** The weekday of the first of the month: weeks begin on Monday, 0. */
function firstWeekday(time: Date): number {
  return (new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), 1)).getUTCDay() + 6) % 7;
}
