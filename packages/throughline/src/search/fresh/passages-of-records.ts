import { ofRecords } from '../keep-clauses.ts';
import { type IndexStore, MAX_CANDIDATES } from '../store.ts';

const RECORDS_AT_ONCE = 200;

/** The passages that a store has of some records; of a record with more than it gives at once, so many. */
export async function passagesOfRecords(
  store: IndexStore,
  records: readonly string[],
  atOnce = RECORDS_AT_ONCE,
): Promise<string[]> {
  const all: string[] = [];
  for (let start = 0; start < records.length; start += atOnce) {
    const some = records.slice(start, start + atOnce);
    const found = await store.matching(ofRecords(some), MAX_CANDIDATES);
    const isCut = found.length === MAX_CANDIDATES && some.length > 1;
    const more = isCut
      ? await passagesOfRecords(store, some, Math.ceil(some.length / 2))
      : found.map(({ passage }) => passage);
    all.push(...more);
  }
  return all;
}
