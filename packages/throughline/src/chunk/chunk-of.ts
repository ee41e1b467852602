import { parseTimestamp, type TimestampFormat } from '../source/timestamp.ts';
import { dateChunk, fileChunk, valueChunk } from './chunk-id.ts';
import type { ChunkRule } from './plan.ts';
import { parseWindow, type WindowRange, windowOf } from './window.ts';

/** The chunk of a cursor's value, with its window; undefined where the value puts a row into no chunk. */
export function chunkOf(
  value: string,
  rule: Exclude<ChunkRule, { by: 'rows' }>,
  { format }: TimestampFormat,
): { chunk: string; window?: WindowRange } | undefined {
  if (rule.by === 'file') return { chunk: fileChunk(value) };
  if (rule.by === 'value') return { chunk: valueChunk(value) };
  const at = parseTimestamp(value, { format, zone: rule.zone });
  if (at === undefined) return undefined;
  const window = windowOf(at, parseWindow(rule.every), rule.zone);
  return { chunk: dateChunk(window.from), window };
}
