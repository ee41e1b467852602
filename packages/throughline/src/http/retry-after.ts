/**
 * How long the server asks to wait, in milliseconds: `retry-after-ms`, `Retry-After` in seconds or as a date (RFC 9110,
 * 10.2.3), or, where nothing is left of a limit, the time until `x-ratelimit-reset-*`. Undefined when it does not say,
 * or says nothing that can be read; never negative. A date is compared with the server's own clock, if it tells it.
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string>>,
  wallClock: number,
): number | undefined {
  return (
    numberOf(headers['retry-after-ms']) ??
    delayMs(headers['retry-after'], headers, wallClock) ??
    resetMs(headers)
  );
}

function delayMs(after: string | undefined, headers: Readonly<Record<string, string>>, wallClock: number) {
  const seconds = numberOf(after);
  if (seconds !== undefined) return seconds * 1000;
  const until = dateOf(after);
  return until === undefined ? undefined : Math.max(0, until - (dateOf(headers.date) ?? wallClock));
}

function resetMs(headers: Readonly<Record<string, string>>): number | undefined {
  const resets = ['requests', 'tokens']
    .filter((limit) => numberOf(headers[`x-ratelimit-remaining-${limit}`]) === 0)
    .map((limit) => durationMs(headers[`x-ratelimit-reset-${limit}`]))
    .filter((reset) => reset !== undefined);
  return resets.length === 0 ? undefined : Math.max(...resets);
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

/** IMF-fixdate and the two obsolete forms (RFC 9110, 5.6.7): all begin with the name of a day. */
function dateOf(text: string | undefined): number | undefined {
  const date = text !== undefined && /^\s*[A-Z][a-z]{2}/.test(text) ? Date.parse(inUtc(text)) : Number.NaN;
  return Number.isNaN(date) ? undefined : date;
}

/** The form of C's asctime names no zone, and means UTC. */
function inUtc(text: string): string {
  return /GMT|UTC/.test(text) ? text : `${text} GMT`;
}

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "6m0s", "20ms", "1.5s", or plain seconds. */
function durationMs(text: string | undefined): number | undefined {
  const seconds = numberOf(text);
  if (seconds !== undefined) return seconds * 1000;
  if (text === undefined || !/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g);
  return [...parts].reduce((sum, [, amount, unit]) => sum + Number(amount) * UNIT_MS[unit!]!, 0);
}
