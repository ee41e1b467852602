import type { ChunkRule } from '../chunk/plan.ts';
import { ConfigError } from '../config/index.ts';

/** Rows of a table, or of what a cluster reads by itself, come in any order, and from files that are rewritten. Throws ConfigError. */
export function requireColumnRule({ by }: ChunkRule, type: string): void {
  if (by === 'window' || by === 'value') return;
  throw new ConfigError(
    'throughline.yaml',
    [
      {
        message: `chunk.by: a source of type ${type} needs the column by which its rows are cut into chunks`,
      },
    ],
    'Set source.timestamp, or chunk: { by: COLUMN }.',
  );
}
