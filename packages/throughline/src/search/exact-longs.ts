/** Numbers of the index are doubles: whole numbers from 2^53 on are rounded there. */
import { FilterNotSupportedError } from '../filter/errors.ts';
import type { Filter, Literal } from '../filter/filter.ts';

/**
 * Throws FilterNotSupportedError for a long that the index cannot tell from its neighbours. Rounding keeps the order,
 * so any other literal divides rounded values as it divides the exact ones.
 */
export function refuseRoundedLongs(filter: Filter): void {
  if (filter.op === 'and' || filter.op === 'or') filter.of.forEach(refuseRoundedLongs);
  else if (filter.op === 'not') refuseRoundedLongs(filter.of);
  else if (filter.op === 'in') for (const literal of filter.list) refuse(literal, filter.left.name);
  else if (filter.op === 'compare' && filter.right.kind === 'literal') refuse(filter.right, filter.left.name);
}

/** The least long: every value is at least that, and so says a filter that every value meets. */
const LEAST = String(-(2n ** 63n));

function refuse(literal: Literal, column: string): void {
  if (literal.type !== 'long' || literal.value === LEAST) return;
  if (Number.isSafeInteger(Number(literal.value))) return;
  throw new FilterNotSupportedError(
    `the search index cannot compare ${column} with ${literal.value}: it is exact below 2^53 (9007199254740992) only`,
    'Keep such numbers as strings (attributes: { NAME: { column: ..., type: string } }), or filter when the index is built (source.filter).',
  );
}
