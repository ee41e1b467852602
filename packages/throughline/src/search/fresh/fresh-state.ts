/** What has changed since the index was built, as far as it was read, commit by commit. */
import type { Attribute } from '../../source/mapping.ts';
import { emptyRows, type FreshRows, isVisible, rowAt, withoutDead } from './fresh-rows.ts';
import type { GonePassage } from './gone-passages.ts';

export interface FreshState {
  rows: FreshRows;
  /** Commits that were applied. */
  moment: number;
  /** Rows that are visible now. */
  visible: number;
  /** Passages of the index that are not there any more, and since when. */
  readonly hidden: Map<string, number>;
  /** Records that have come, changed or gone, and since when. What the index says of them is not so any more. */
  readonly touched: Map<string, number>;
}

export interface Applied {
  /** Numbers of rows that are there, and that nobody sees yet. */
  born: readonly number[];
  gone: readonly GonePassage[];
  /** Passages that the index has of the same records, where these may be others than the table had. */
  inIndex?: readonly string[];
}

export function emptyState(dimension: number, attributes: readonly Attribute[]): FreshState {
  return {
    ...{ rows: emptyRows(dimension, attributes), moment: 0, visible: 0 },
    ...{ hidden: new Map(), touched: new Map() },
  };
}

/** Records that a commit is about: none of their earlier rows is there any more. */
export function recordsOf({ rows }: FreshRows, { born, gone }: Applied): Set<string> {
  return new Set([...gone.map(({ record }) => record), ...born.map((row) => rows[row]!.record)]);
}

/** Passages that a commit would hide. */
export function newlyHidden({ rows, moment, hidden }: FreshState, { gone, inIndex = [] }: Applied): string[] {
  const below = gone.flatMap(({ passage }) => (rowAt(rows, passage, moment) === undefined ? passage : []));
  return [...new Set([...below, ...inIndex])].filter((passage) => !hidden.has(passage));
}

/** All at once: questions that are begun later see all of the commit, those that were begun before it nothing. */
export function applyCommit(state: FreshState, applied: Applied): void {
  const { rows, moment, hidden, touched } = state;
  const now = moment + 1;
  const born = new Set(applied.born);
  for (const passage of newlyHidden(state, applied)) hidden.set(passage, now);
  for (const record of recordsOf(rows, applied)) {
    if (!touched.has(record)) touched.set(record, now);
    for (const number of rows.byRecord.get(record) ?? []) {
      const row = rows.rows[number]!;
      if (born.has(number) || !isVisible(row, moment)) continue;
      row.died = now;
      state.visible--;
    }
  }
  for (const number of applied.born) rows.rows[number]!.born = now;
  state.visible += born.size;
  state.moment = now;
}

/** Below so many rows it does not matter how many are dead. */
const FEW = 2_048;

/** Lets go of rows that are dead, where these are most of them. */
export function tidy(state: FreshState, share = 0.5): void {
  const all = state.rows.rows.length;
  if (all > FEW && state.visible < all * share) state.rows = withoutDead(state.rows, state.moment);
}
