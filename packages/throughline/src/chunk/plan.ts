/** How a source's history is cut into chunks: the unit of work, retry and replay. */
import { type ChunkConfig, type Config, ConfigError } from '../config/index.ts';
import { isZone } from '../source/timestamp.ts';
import { parseWindow } from './window.ts';

/** What decides a row's chunk. */
export type ChunkRule =
  | { by: 'window'; every: string; zone: string }
  | { by: 'value'; column: string }
  | { by: 'file' }
  | { by: 'rows'; size: number };

/** Rows of a chunk where the planner has to cut by position. */
const ROW_RANGE = 10_000;
/** The planner takes the smallest window that gives a chunk this many rows on average. */
const ROWS_PER_WINDOW = 25;
const WINDOWS = ['1d', '7d', '1M', '1y'] as const;
const DAYS: Record<(typeof WINDOWS)[number], number> = { '1d': 1, '7d': 7, '1M': 30.4, '1y': 365.25 };

/** The rule that the config names, or undefined if the planner has to choose. Throws ConfigError. */
export function configuredRule(config: Config, file: string): ChunkRule | undefined {
  const { chunk, source } = config;
  if (!chunk) return undefined;
  if (!isZone(chunk.zone))
    throw chunkError(file, 'zone', `"${chunk.zone}" is not a time zone, such as Europe/London`);
  if (chunk.by === 'file') return { by: 'file' };
  if (chunk.every === undefined && chunk.by !== source.timestamp) return { by: 'value', column: chunk.by };
  return windowRule(chunk, source.timestamp, file);
}

function windowRule(
  { by, every = '7d', zone }: ChunkConfig,
  timestamp: string | undefined,
  file: string,
): ChunkRule {
  if (by !== timestamp) {
    throw chunkError(file, 'by', `windows need the timestamp column: set source.timestamp: ${by}`);
  }
  return { by: 'window', every, zone };
}

function chunkError(file: string, key: string, message: string): ConfigError {
  return new ConfigError(file, [{ message: `chunk.${key}: ${message}` }]);
}

/** What the planner chooses where the config names nothing: windows of the timestamp, or ranges of rows. */
export function chosenRule(rows: number, span: { days: number } | undefined): ChunkRule {
  if (!span) return { by: 'rows', size: ROW_RANGE };
  const enough = WINDOWS.find((every) => rows / (span.days / DAYS[every]) >= ROWS_PER_WINDOW);
  return { by: 'window', every: enough ?? '1y', zone: 'UTC' };
}

export function describeRule(rule: ChunkRule): string {
  switch (rule.by) {
    case 'window': {
      const { count, unit } = parseWindow(rule.every);
      const name = { d: 'day', w: 'week', M: 'month', y: 'year' }[unit];
      return `windows of ${count} ${name}${count === 1 ? '' : 's'}, ${rule.zone}`;
    }
    case 'value':
      return `values of ${rule.column}`;
    case 'file':
      return 'one per file';
    case 'rows':
      return `ranges of ${rule.size} rows`;
  }
}
