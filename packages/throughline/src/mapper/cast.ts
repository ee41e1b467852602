/** A source row as a typed record, or the reason why it is not one. */
import { createHash } from 'node:crypto';
import type { Mapping } from '../source/mapping.ts';
import type { TimestampFormat } from '../source/timestamp.ts';
import { parseTimestamp } from '../source/timestamp.ts';
import { parseValue, type Value } from '../source/typed.ts';
import { normalise } from './normalise.ts';
import { type DeadLetter, payloadOf, type RecordRow, type SourceRow } from './rows.ts';

export interface CastSettings {
  mapping: Mapping;
  /** How the timestamp is written, and each attribute that is a time. */
  time: TimestampFormat;
  attributeTimes: readonly TimestampFormat[];
  normaliseText: boolean;
  maxTextLength: number;
  /** Rows without a cursor value belong to no chunk. */
  inNoChunk: boolean;
}

export function castRow(
  row: SourceRow,
  settings: CastSettings,
): { record: RecordRow } | { deadLetter: DeadLetter } {
  const { mapping } = settings;
  const dead = (code: string, message: string) => ({
    deadLetter: {
      step: 'cast',
      id: row.id,
      code,
      message,
      payload: payloadOf(describe(row, mapping)),
    } as const,
  });
  if (settings.inNoChunk) return dead('null_cursor', noCursor(row, settings));
  if (mapping.id !== undefined && (row.id === null || row.id.trim() === ''))
    return dead('null_id', `${mapping.id} is empty`);
  if (row.superseded) return dead('duplicate_id', `a later row of the chunk has the same ${mapping.id}`);
  const joined = joinText(row.text);
  const text = settings.normaliseText ? normalise(joined) : joined;
  if (text.trim() === '') return dead('empty_text', `${mapping.text.join(', ')}: there is no text`);
  if (text.length > settings.maxTextLength) {
    return dead(
      'text_too_long',
      `the text has ${text.length} characters, more than source.maxTextLength: ${settings.maxTextLength}`,
    );
  }
  const at = castTime(row.timestamp, settings.time);
  if (at === undefined)
    return dead('bad_timestamp', `${mapping.timestamp}: "${row.timestamp!.slice(0, 100)}" is not a time`);
  const attributes: Value[] = [];
  for (const [i, attribute] of mapping.attributes.entries()) {
    const source = row.attributes[i] ?? null;
    const value =
      source === null || source === ''
        ? null
        : parseValue(source, attribute.type, settings.attributeTimes[i]!);
    if (value === undefined)
      return dead('bad_value', `${attribute.column}: "${source!.slice(0, 100)}" is not a ${attribute.type}`);
    attributes.push(value);
  }
  const id = row.id ?? contentId(row);
  return { record: { id, text, at, hash: sha256(text), attributes } };
}

/** Parts that are there, with a blank line between them. */
function joinText(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part.trim() !== '').join('\n\n');
}

function castTime(text: string | null, format: TimestampFormat): bigint | null | undefined {
  return text === null || text.trim() === '' ? null : parseTimestamp(text, format);
}

function noCursor(row: SourceRow, { mapping }: CastSettings): string {
  if (row.timestamp !== null && mapping.timestamp !== undefined) {
    return `${mapping.timestamp}: "${row.timestamp.slice(0, 100)}" is not a time, so the row belongs to no chunk`;
  }
  return 'the column that cuts chunks is empty, so the row belongs to no chunk';
}

/** The same content has the same id in every run; identical rows of a chunk are numbered. */
function contentId(row: SourceRow): string {
  const id = sha256(JSON.stringify([row.timestamp, row.text, row.attributes])).slice(0, 32);
  return row.copy === 1 ? id : `${id}-${row.copy}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The row under its column names. */
function describe(row: SourceRow, mapping: Mapping): Record<string, string | null> {
  const entries: [string, string | null][] = mapping.text.map((column, i) => [column, row.text[i] ?? null]);
  for (const [i, { column }] of mapping.attributes.entries())
    entries.push([column, row.attributes[i] ?? null]);
  if (mapping.timestamp !== undefined) entries.push([mapping.timestamp, row.timestamp]);
  if (mapping.id !== undefined) entries.push([mapping.id, row.id]);
  return Object.fromEntries(entries.reverse());
}
