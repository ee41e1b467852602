/** The part of the records that whoever asks may see: a filter that is put before each of theirs, wherever something is looked up. */
import { EXIT, ThroughlineError } from '../error.ts';
import { evaluate } from '../filter/evaluate.ts';
import { type Filter, FilterError } from '../filter/index.ts';
import type { Mapping } from '../source/mapping.ts';
import { searchFilter } from './search-filter.ts';
import type { StoredPassage } from './store.ts';

/** How something is asked, beside what. */
export interface Asking {
  /** CEL: only of records that meet it, whatever the request says. */
  within?: string | undefined;
  /** Told the milliseconds of each part of an answer. */
  onTimings?: (parts: Readonly<Record<string, number>>) => void;
}

/** Undefined where all may be seen. Throws with exit code 78 where it does not fit the attributes: it is never passed over. */
export function withinFilter(mapping: Mapping, asking: Asking | undefined): Filter | undefined {
  if (asking?.within === undefined) return undefined;
  try {
    return searchFilter(mapping, asking.within);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new ThroughlineError(
      'the filter that limits what may be seen does not fit the attributes of the index',
      {
        code: 'within_invalid',
        exitCode: EXIT.config,
        hint: 'The attributes have changed since it was written: make it anew.',
        cause: error,
      },
    );
  }
}

/** What meets both; undefined is no filter. */
export function both(one: Filter | undefined, other: Filter | undefined): Filter | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { op: 'and', of: [one, other] };
}

/** Those of the passages that may be seen. Each is judged by itself: of records of one id in two chunks, one may be seen and the other not. */
export function passagesWithin(
  passages: readonly StoredPassage[],
  within: Filter | undefined,
): StoredPassage[] {
  if (within === undefined) return [...passages];
  return passages.filter(({ record, at, attributes }) =>
    evaluate(within, { ...attributes, _id: record, _at: at }),
  );
}
