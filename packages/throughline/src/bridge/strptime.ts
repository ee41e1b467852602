/** Codes of strptime as tokens of Luxon; those that mean the same. https://docs.python.org/3/library/datetime.html#format-codes */
const TOKENS: Readonly<Record<string, string>> = {
  Y: 'yyyy',
  y: 'yy',
  m: 'M',
  d: 'd',
  H: 'H',
  I: 'h',
  M: 'm',
  S: 's',
  p: 'a',
  b: 'MMM',
  B: 'MMMM',
  a: 'EEE',
  A: 'EEEE',
  j: 'o',
  '%': '%',
};
/** Formats that are ISO 8601, which needs none here. */
const ISO = /^%Y-%m-%d([T ]%H:%M(:%S(\.%f)?)?(%z|Z)?)?$/;

/**
 * How a pipeline reads times of a format: `undefined` where it is ISO 8601. Throws RangeError where a code has no
 * counterpart. One letter takes numbers with and without a leading zero, as strptime does.
 */
export function luxonFormat(format: string): string | undefined {
  if (ISO.test(format)) return undefined;
  return format.replace(/%(.)|([A-Za-z]+)|(')/g, (_, code?: string, word?: string) => {
    if (word !== undefined) return `'${word}'`;
    const token = code === undefined ? undefined : TOKENS[code];
    if (token === undefined) throw new RangeError(`%${code} has no counterpart`);
    return token;
  });
}
