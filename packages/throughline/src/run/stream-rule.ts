import type { ChunkRule } from '../chunk/plan.ts';
import { type Config, ConfigError } from '../config/index.ts';
import type { Prepared } from './prepare.ts';

const DAYS: ChunkRule = { by: 'window', every: '1d', zone: 'UTC' };

/** What a stream is cut by: days of its timestamp, unless the config says otherwise. Throws ConfigError where its changes cannot be followed. */
export function streamRule({ rule, mapping, config }: Prepared): ChunkRule {
  const cut = rule ?? (mapping.timestamp === undefined ? undefined : DAYS);
  const fault = faultOf(cut, mapping.id, config);
  if (fault === undefined) return cut!;
  throw new ConfigError('throughline.yaml', [{ message: fault }]);
}

function faultOf(rule: ChunkRule | undefined, id: string | undefined, { transform }: Config) {
  if (rule?.by !== 'window' && rule?.by !== 'value')
    return 'chunk.by: a stream is cut into chunks by a column: set source.timestamp, or chunk: { by: COLUMN }';
  if (id === undefined) return 'source.id: changes are told of a record by its id, and there is none';
  if (transform.some((step) => 'dedupe' in step))
    return 'transform: dedupe needs all rows of a chunk at once, and a stream brings them one after the other';
  return undefined;
}
