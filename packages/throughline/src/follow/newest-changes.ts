/** What a batch of changes comes to: of each record its newest state. Pure. */
import type { DeadLetter } from '../mapper/rows.ts';
import type { Change } from '../source/change-feed.ts';

export type FeedRow = Readonly<Record<string, string | null>>;

export interface NewestChanges {
  /** Rows as they are now, at most one of an id, in the order of their last change; those without an id all. */
  rows: FeedRow[];
  /** All ids that the batch names: what was there of them is out of date. */
  ids: Set<string>;
  /** How many records are gone, as far as the batch says. */
  deleted: number;
  /** Changes after which came another of the same record. */
  superseded: number;
  rejected: DeadLetter[];
}

/** `id` is the column of it. */
export function newestChanges(changes: readonly Change[], id: string): NewestChanges {
  const newest = new Map<string, FeedRow | undefined>();
  const unnamed: FeedRow[] = [];
  /** By what they are of; a change of the record behind one means that it is not so any more. */
  const rejected = new Map<unknown, DeadLetter>();
  let named = 0;
  const is = (key: string, row: FeedRow | undefined) => {
    named++;
    rejected.delete(key);
    // The place of a key in a Map is that of its first change.
    newest.delete(key);
    newest.set(key, row);
  };
  for (const change of changes) {
    if (change.kind === 'reject') rejected.set(change.deadLetter.id ?? change, change.deadLetter);
    else if (change.kind === 'delete') is(change.id, undefined);
    else {
      // A blank is no id: the mapper says so of each row that has one.
      const key = change.row[id]?.trim() ? change.row[id] : undefined;
      if (key === undefined) unnamed.push(change.row);
      else is(key, change.row);
    }
  }
  const rows = [...newest.values()].filter((row) => row !== undefined);
  return {
    rows: [...rows, ...unnamed],
    ids: new Set(newest.keys()),
    deleted: newest.size - rows.length,
    superseded: named - newest.size,
    rejected: [...rejected.values()],
  };
}
