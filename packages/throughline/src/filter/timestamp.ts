/**
 * Microseconds since 1970 UTC of an RFC 3339 timestamp, or undefined when it is none: a year of 0001 to
 * 9999, a real day, a zone (`Z` or an offset), and no more than six digits of the second.
 */
export function timestampMicros(text: string): bigint | undefined {
  const parts = RFC_3339.exec(text);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as Six;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const real =
    year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60;
  const offset = offsetMinutes(parts[8]!);
  if (!real || second > 59 || offset === undefined) return undefined;
  const micros = BigInt((parts[7] ?? '').padEnd(6, '0'));
  return BigInt(date.getTime() - offset * 60_000) * 1000n + micros;
}

type Six = [number, number, number, number, number, number];

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([Zz]|[+-]\d\d:\d\d)$/;

function offsetMinutes(zone: string): number | undefined {
  if (/^z$/i.test(zone)) return 0;
  const [hours, minutes] = zone.slice(1).split(':').map(Number) as [number, number];
  if (hours > 23 || minutes > 59) return undefined;
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes);
}

/** The inverse of `timestampMicros`, in UTC with six digits: `2024-01-01T00:00:00.000000Z`. */
export function timestampText(micros: bigint): string {
  const milliseconds = micros / 1000n - (micros % 1000n < 0n ? 1n : 0n);
  const rest = String(micros - milliseconds * 1000n).padStart(3, '0');
  return new Date(Number(milliseconds)).toISOString().replace(/(\.\d{3})Z$/, `$1${rest}Z`);
}
