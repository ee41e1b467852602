/** An index and what is fresh as one, as they are at one moment: a question asks a view from its beginning to its end. */

import { evaluate } from '../../filter/evaluate.ts';
import type { Filter } from '../../filter/index.ts';
import type { ChangedRecords, IndexColumns } from '../columns.ts';
import { joinedStore } from '../joined-store.ts';
import type { IndexStore } from '../store.ts';
import { type FreshRows, isVisible, type Row, rowAt } from './fresh-rows.ts';
import type { FreshState } from './fresh-state.ts';
import { freshStore, type WordWeights } from './fresh-store.ts';
import { freshWords } from './fresh-words.ts';
import { leavingOut } from './leaving-out.ts';

export interface FreshView {
  store: IndexStore;
  columns: IndexColumns;
  /** Whether what the index says of a record is not so any more. */
  isTouched(record: string): boolean;
}

/** Nothing is closed with it. */
export function freshView(
  { rows, moment, visible, hidden, touched }: FreshState,
  below: { store: IndexStore; columns: IndexColumns; weights: WordWeights },
): FreshView {
  const isHidden = (passage: string) =>
    (hidden.get(passage) ?? Number.POSITIVE_INFINITY) <= moment || rowAt(rows, passage, moment) !== undefined;
  const isTouched = (record: string) => (touched.get(record) ?? Number.POSITIVE_INFINITY) <= moment;
  const base = leavingOut(below.store, { size: hidden.size, has: isHidden });
  const own = freshStore(rows, { at: moment, passages: visible }, below.weights);
  const changed: ChangedRecords = {
    moment,
    attributes: rows.attributes,
    gone: () => [...touched.keys()].filter(isTouched),
    rows: () => firstPassages(rows, moment).map(({ values }) => values),
  };
  const { columns } = below;
  return {
    store: joinedStore(base, own),
    columns: {
      facets: (asked, filter) => columns.facets(asked, filter, changed),
      chunksOf: async (record, filter) =>
        isTouched(record) ? chunksOf(rows, moment, record, filter) : columns.chunksOf(record, filter),
      words: freshWords(columns.words, rows.words),
      [Symbol.asyncDispose]: async () => {},
    },
    isTouched,
  };
}

/** One row for each record: all of its passages say the same of it. */
function firstPassages({ rows }: FreshRows, at: number): Row[] {
  return rows.filter((row) => row.ordinal === 0 && isVisible(row, at));
}

function chunksOf(
  { rows, byRecord }: FreshRows,
  at: number,
  record: string,
  filter: Filter | undefined,
): string[] {
  const found = (byRecord.get(record) ?? [])
    .map((number) => rows[number]!)
    .filter((row) => isVisible(row, at) && (filter === undefined || evaluate(filter, row.values)));
  return [...new Set(found.map(({ chunk }) => chunk))].sort();
}
