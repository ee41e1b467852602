import type { ChunkRule } from '../chunk/plan.ts';
import { type Config, ConfigError } from '../config/index.ts';
import { type Lake, rememberRule } from '../lake/lake.ts';
import type { Prepared } from './prepare.ts';

const DAYS: ChunkRule = { by: 'window', every: '1d', zone: 'UTC' };

/** What a stream is cut by: what the config says, or the lake was begun with, else days of its timestamp, which is remembered. Throws ConfigError where its changes cannot be followed. */
export async function streamRule({ rule, mapping, config }: Prepared, lake: Lake): Promise<ChunkRule> {
  const cut = rule ?? lake.pipeline.rule ?? (mapping.timestamp === undefined ? undefined : DAYS);
  const fault = faultOf(cut, mapping.id, config);
  if (fault !== undefined) throw new ConfigError('throughline.yaml', [{ message: fault }]);
  if (rule === undefined && lake.pipeline.rule === undefined) await rememberRule(lake, cut!);
  return cut!;
}

function faultOf(rule: ChunkRule | undefined, id: string | undefined, { transform }: Config) {
  if (rule?.by !== 'window' && rule?.by !== 'value')
    return 'chunk.by: a stream is cut into chunks by a column: set source.timestamp, or chunk: { by: COLUMN }';
  if (id === undefined) return 'source.id: changes are told of a record by its id, and there is none';
  if (transform.some((step) => 'dedupe' in step))
    return 'transform: dedupe needs all rows of a chunk at once, and a stream brings them one after the other';
  return undefined;
}
