/** The part of the records that whoever asks may see: a filter that is put before each of theirs, wherever something is looked up. */
import { EXIT, ThroughlineError } from '../error.ts';
import { type Filter, FilterError } from '../filter/index.ts';
import type { Mapping } from '../source/mapping.ts';
import { ofRecords } from './keep-clauses.ts';
import { searchFilter } from './search-filter.ts';
import type { IndexStore, StoredPassage } from './store.ts';

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

/** Records of the passages that may be seen. */
export function recordsWithin(
  store: IndexStore,
  mapping: Mapping,
  passages: readonly StoredPassage[],
  asking: Asking | undefined,
): Promise<Set<string>> {
  return recordsAmong(store, passages, withinFilter(mapping, asking));
}

/** Records of the passages that meet the filter. */
export async function recordsAmong(
  store: IndexStore,
  passages: readonly StoredPassage[],
  within: Filter | undefined,
): Promise<Set<string>> {
  const records = new Set(passages.map(({ record }) => record));
  if (within === undefined || records.size === 0) return records;
  const seen = new Set<string>();
  // A record has the same attributes in all of its passages: one that is found is enough, but one may fill what a store gives at once.
  for (const record of records)
    if ((await store.matching(both(within, ofRecords([record]))!, 1)).length > 0) seen.add(record);
  return seen;
}
