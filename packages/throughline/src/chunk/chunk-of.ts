import { parseTimestamp, type TimestampFormat } from '../source/timestamp.ts';
import { dateChunk } from './chunk-id.ts';
import { type ChunkRule, chunkOfValue } from './plan.ts';
import { parseWindow, type WindowRange, windowOf } from './window.ts';

/** The chunk of a cursor's value, with its window; undefined where the value puts a row into no chunk. */
export function chunkOf(
  value: string,
  rule: Exclude<ChunkRule, { by: 'rows' }>,
  { format }: TimestampFormat,
): { chunk: string; window?: WindowRange } | undefined {
  if (rule.by !== 'window') {
    const chunk = chunkOfValue(rule, value);
    return chunk === undefined ? undefined : { chunk };
  }
  const at = parseTimestamp(value, { format, zone: rule.zone });
  if (at === undefined) return undefined;
  const window = windowOf(at, parseWindow(rule.every), rule.zone);
  return { chunk: dateChunk(window.from), window };
}
