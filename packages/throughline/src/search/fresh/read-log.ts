/** What the log of the passages table says of the commits after a version. */
import { type FileChange, readChange } from '@throughline/delta';
import { logCut } from './errors.ts';

/** Commits that are read side by side while there are more. */
const AT_ONCE = 32;

/**
 * The commits right after a version, in order and without a gap, at most 32 at a time: one small read where there is none. Throws
 * where the log ends below `expected`: what is between has been cleaned away.
 */
export async function* commitsAfter(
  root: string,
  version: number,
  expected: number,
): AsyncGenerator<FileChange[]> {
  let at = version;
  for (let many = 1; ; many = Math.min(many * 2, AT_ONCE)) {
    const versions = Array.from({ length: many }, (_, i) => at + 1 + i);
    const read = await Promise.all(versions.map((one) => readChange(root, one)));
    const end = read.indexOf(undefined);
    const there = (end < 0 ? read : read.slice(0, end)) as FileChange[];
    if (there.length > 0) yield there;
    at += there.length;
    if (end < 0) continue;
    if (at < expected) throw logCut(root, at + 1);
    return;
  }
}

/** Files of new rows have no such tag; those that were written anew for the rows that stay have it. */
const ROWS_TAG = 'throughline.rows';

export function isKept({ tags }: { tags?: Record<string, string> }): boolean {
  return tags?.[ROWS_TAG] === 'kept';
}

export type CommitKind = 'stream' | 'arranged' | 'other';

/**
 * Whose commit it is: a stream's, or that of `lake forget`, which only takes rows away; one that only arranges rows in other files; another,
 * whose rows come with an index of their own.
 */
export function kindOf({ info, dataChange }: FileChange): CommitKind {
  const { throughline } = info as { throughline?: { stream?: unknown; forgot?: unknown } };
  if (typeof throughline?.stream === 'string' || throughline?.forgot !== undefined) return 'stream';
  return dataChange ? 'other' : 'arranged';
}
