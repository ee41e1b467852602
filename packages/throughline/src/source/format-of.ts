import type { Config } from '../config/index.ts';
import type { TimestampFormat } from './timestamp.ts';

/** What says how times are written. */
export type TimeConfig = Pick<Config, 'chunk'> & { source: Pick<Config['source'], 'timestamp' | 'format'> };

/** How times of a column are written: `source.format` is that of source.timestamp, all others are ISO 8601. */
export function formatOf({ source, chunk }: TimeConfig, column: string | undefined): TimestampFormat {
  const own = column !== undefined && column === source.timestamp;
  return { format: own ? source.format : undefined, zone: chunk?.zone ?? 'UTC' };
}
