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

/** What a commit makes of a state. */
export interface Consequences {
  born: readonly number[];
  /** Rows that are visible until then. */
  dying: number[];
  /** Passages of the index that were not hidden until then. */
  hidden: string[];
  records: ReadonlySet<string>;
}

export function consequencesOf(state: FreshState, applied: Applied): Consequences {
  const { rows, moment, hidden } = state;
  const { born, gone, inIndex = [] } = applied;
  const records = recordsOf(rows, applied);
  const dying = [...records].flatMap((record) =>
    (rows.byRecord.get(record) ?? []).filter((row) => isVisible(rows.rows[row]!, moment)),
  );
  const below = gone.flatMap(({ passage }) => (rowAt(rows, passage, moment) === undefined ? passage : []));
  const newly = [...new Set([...below, ...inIndex])].filter((passage) => !hidden.has(passage));
  return { born, dying, hidden: newly, records };
}

/** All at once: questions that are begun later see all of the commit, those that were begun before it nothing. */
export function applyCommit(state: FreshState, { born, dying, hidden, records }: Consequences): void {
  const { rows } = state.rows;
  const now = state.moment + 1;
  for (const passage of hidden) state.hidden.set(passage, now);
  for (const record of records) if (!state.touched.has(record)) state.touched.set(record, now);
  for (const row of dying) rows[row]!.died = now;
  for (const row of born) rows[row]!.born = now;
  state.visible += born.length - dying.length;
  state.moment = now;
}

/** Below so many rows it does not matter how many are dead. */
const FEW = 2_048;

/** Lets go of rows that are dead, where these are most of them. */
export function tidy(state: FreshState, share = 0.5): void {
  const all = state.rows.rows.length;
  if (all > FEW && state.visible < all * share) state.rows = withoutDead(state.rows, state.moment);
}
