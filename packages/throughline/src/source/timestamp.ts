/** Times of records. One parser for every engine, so that a row falls into the same chunk everywhere. */
import { DateTime, IANAZone } from 'luxon';

export interface TimestampFormat {
  /** Luxon tokens (`MM/dd/yyyy HH:mm`, `X` and `x` for seconds and milliseconds since 1970); ISO 8601 if absent. */
  format?: string | undefined;
  /** Zone of times that do not name one. */
  zone: string;
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** Microseconds since 1970-01-01 UTC, or undefined if `text` is not a time in this format. */
export function parseTimestamp(text: string, { format, zone }: TimestampFormat): bigint | undefined {
  const trimmed = text.trim();
  if (format === 'X' || format === 'x') return parseEpoch(trimmed, format);
  if (format !== undefined) {
    const parsed = DateTime.fromFormat(trimmed, format, { zone, locale: 'en' });
    return parsed.isValid ? BigInt(parsed.toMillis()) * 1000n : undefined;
  }
  // Date.parse moves 2024-02-31 into March: such a time is refused.
  const match = ISO.exec(trimmed);
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match;
  const utc = Date.parse(
    `${year}-${month}-${day}T${hour.padStart(2, '0')}:${minute.padStart(2, '0')}:${second.padStart(2, '0')}Z`,
  );
  if (Number.isNaN(utc) || new Date(utc).getUTCDate() !== Number(day)) return undefined;
  const shift = offset === undefined ? zoneShift(utc, zone) : offsetMinutes(offset) * 60_000;
  return BigInt(utc - shift) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6) || '0');
}

/** Seconds (`X`) or milliseconds (`x`) since 1970, also as programs write columns with gaps: `1704067200.0`. Luxon formats by these tokens and does not parse them. */
function parseEpoch(text: string, format: 'X' | 'x'): bigint | undefined {
  const match = /^(-?\d{1,13})(?:\.(\d{1,9}))?$/.exec(text);
  if (!match) return undefined;
  const [, whole, fraction = ''] = match;
  const digits = format === 'X' ? 6 : 3;
  const scale = 10n ** BigInt(digits);
  const part = BigInt(fraction.padEnd(digits, '0').slice(0, digits) || '0');
  const micros = BigInt(whole!) * scale;
  return whole!.startsWith('-') ? micros - part : micros + part;
}

/** `YYYY-MM-DDTHH:MM:SS.mmmZ`, for people and JSON. */
export function formatTimestamp(micros: bigint): string {
  return new Date(Number(micros / 1000n)).toISOString();
}

export function isZone(zone: string): boolean {
  return zone === 'UTC' || IANAZone.isValidZone(zone);
}

function offsetMinutes(offset: string): number {
  if (offset === 'Z' || offset === 'UTC') return 0;
  const [hours, minutes = '0'] = [offset.slice(1, 3), offset.slice(3).replace(':', '') || '0'];
  return (offset[0] === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** Milliseconds by which local time is ahead of UTC at the local time `local`. */
function zoneShift(local: number, zone: string): number {
  if (zone === 'UTC') return 0;
  return (
    local - DateTime.fromMillis(local, { zone: 'utc' }).setZone(zone, { keepLocalTime: true }).toMillis()
  );
}
