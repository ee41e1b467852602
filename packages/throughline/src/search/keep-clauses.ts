import type { Literal } from '../filter/filter.ts';
import type { Filter } from '../filter/index.ts';
import type { Clause, KeywordQuery } from './keyword-query.ts';
import { type Candidate, type IndexStore, MAX_CANDIDATES } from './store.ts';

/**
 * Of the candidates that the semantic side found, those that have what the words say a passage must have, and nothing
 * that it must not. The store is asked, about their records only: both sides then mean the same by a word.
 */
export async function keepClauses(
  store: IndexStore,
  clauses: readonly Clause[],
  candidates: readonly Candidate[],
): Promise<Candidate[]> {
  const required = clauses.filter(({ occurs }) => occurs === 'must');
  const excluded = clauses.flatMap(({ occurs, anyOf }) => (occurs === 'not' ? anyOf : []));
  const records = [...new Set(candidates.map(({ record }) => record))];
  const have = required.length > 0 ? await matchingAmong(store, required, records) : undefined;
  const mustNot: Clause[] = [{ occurs: 'should', anyOf: excluded }];
  const haveNot = excluded.length > 0 ? await matchingAmong(store, mustNot, records) : new Set<string>();
  return candidates.filter(({ passage }) => (have?.has(passage) ?? true) && !haveNot.has(passage));
}

async function matchingAmong(
  store: IndexStore,
  clauses: Clause[],
  records: readonly string[],
): Promise<Set<string>> {
  const found = await keywordAmong(store, { clauses }, records);
  return new Set(found.map(({ passage }) => passage));
}

const RECORDS_AT_ONCE = 200;

/** All passages of these records that match. As many may match as a store gives at once: then fewer records are asked for. */
export async function keywordAmong(
  store: IndexStore,
  query: KeywordQuery,
  records: readonly string[],
  atOnce = RECORDS_AT_ONCE,
): Promise<Candidate[]> {
  const all: Candidate[] = [];
  for (let start = 0; start < records.length; start += atOnce) {
    const some = records.slice(start, start + atOnce);
    const found = await store.keyword(query, { limit: MAX_CANDIDATES, filter: ofRecords(some) });
    const isCut = found.length === MAX_CANDIDATES && some.length > 1;
    all.push(...(isCut ? await keywordAmong(store, query, some, Math.ceil(some.length / 2)) : found));
  }
  return all;
}

/** Passages of these records. */
export function ofRecords(records: readonly string[]): Filter {
  const list = records.map((value): Literal => ({ kind: 'literal', type: 'string', value }));
  return { op: 'in', left: { kind: 'column', name: '_id', type: 'string' }, list };
}
