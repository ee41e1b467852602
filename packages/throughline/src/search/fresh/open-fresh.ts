/** What streams have committed to the passages table since an index was built, kept up with by looks at the table's log. */
import { setImmediate } from 'node:timers/promises';
import {
  type FileChange,
  FileNotFoundError,
  newestVersion,
  openTable,
  type Snapshot,
} from '@throughline/delta';
import { ThroughlineError } from '../../error.ts';
import { type Database, openDatabase } from '../database.ts';
import type { IndexManifest } from '../manifest.ts';
import type { IndexStore } from '../store.ts';
import { filesGone, tooMuch, unreadable } from './errors.ts';
import { addRow, withoutDead } from './fresh-rows.ts';
import {
  type Applied,
  applyCommit,
  consequencesOf,
  emptyState,
  type FreshState,
  recordsOf,
  tidy,
} from './fresh-state.ts';
import { gonePassages } from './gone-passages.ts';
import { newRowCount, newRows } from './new-rows.ts';
import { passagesOfRecords } from './passages-of-records.ts';
import { commitsAfter, kindOf } from './read-log.ts';

/** Rows in memory: some 200 MB of passages of 30 words with 384 numbers (the process grew by 290), by reckoning 430 MB with 1,536. A question takes 1 to 2 ms longer for 1,000. */
const MOST_ROWS = 50_000;
/** Passages of the index that are not there any more: what is found has to be looked through for them. 5 MB. */
const MOST_HIDDEN = 20_000;

/** How far a searcher has kept up with streams. */
export interface FreshReport {
  /** Version of the passages table up to which all that streams committed is seen. */
  version: number;
  /** Passages that are not in the index. */
  passages: number;
  /** Passages of the index that are not there any more, or have come anew. */
  hidden: number;
  /** When the newest commit of a stream was made that is seen; milliseconds since 1970 UTC. */
  newestAt: number | null;
  /** False where no more is taken: `onIncomplete` was told why. */
  complete: boolean;
}

export interface Fresh extends Disposable {
  readonly state: FreshState;
  report(): FreshReport;
  /** Takes what has been committed since the last look; one small read where nothing was. One look at a time. */
  look(): Promise<void>;
}

export interface FreshOptions {
  /** Of the passages table. */
  root: string;
  /** Of the index. */
  store: IndexStore;
  /** Told where the first look fails, and once where no more is taken: searches go on with what there is. */
  onIncomplete?: ((error: ThroughlineError) => void) | undefined;
  /** For tests. */
  mostRows?: number;
  mostHidden?: number;
}

/** Rows that are read into words at one go, some milliseconds: questions are answered in between. */
const AT_ONCE = 128;
const PART_ROWS = 8_192;
/** Logs are kept for an hour at the least: who did not look for so long may miss the end of a log that was cut. */
const LATE_MS = 10 * 60_000;

/** It has looked once. Where that failed, `onIncomplete` was told. */
export async function openFresh(
  { passagesVersion, dimension, mapping }: IndexManifest,
  { root, store, onIncomplete, mostRows = MOST_ROWS, mostHidden = MOST_HIDDEN }: FreshOptions,
): Promise<Fresh> {
  const state = emptyState(dimension, mapping.attributes);
  let [version, newestAt, isComplete]: [number, number | null, boolean] = [passagesVersion, null, true];
  /** Chunks have been published that are in no index: rows of records may have other passages there than here. */
  let hasOthers = false;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let database: Database | undefined;
  let snapshot: Snapshot | undefined;

  const takePart = async (part: readonly FileChange[]) => {
    const streams = part.filter((commit) => kindOf(commit) === 'stream');
    const read = streams.length === 0 ? undefined : await readStreams(streams, part);
    for (const commit of part) {
      const kind = kindOf(commit);
      if (kind === 'other') hasOthers = true;
      if (kind === 'stream') {
        const [born, gone] = [read?.born.get(commit.version) ?? [], read?.gone.get(commit.version) ?? []];
        await take({ born, gone });
        newestAt = commit.timestamp;
      }
      version = commit.version;
    }
    tidy(state);
  };

  const readStreams = async (streams: readonly FileChange[], part: readonly FileChange[]) => {
    if (snapshot === undefined || part.some(({ metadataChange }) => metadataChange))
      snapshot = await openTable(root);
    database ??= await openDatabase();
    const coming = streams.reduce((sum, commit) => sum + (newRowCount(commit) ?? 0), 0);
    if (coming > mostRows) throw tooMuch('rows', mostRows);
    if (state.rows.rows.length + coming > mostRows) tidy(state, 1);
    const mostGone = mostRows + mostHidden;
    const gone = await gonePassages(database, snapshot, streams, mostGone + 1);
    const all = [...gone.values()].reduce((sum, { length }) => sum + length, 0);
    if (all > mostGone) throw tooMuch('hidden', mostHidden);
    const born = new Map<number, number[]>();
    const options = { dimension, attributes: mapping.attributes, connection: database.connection };
    for await (const rows of newRows(snapshot, streams, options))
      for (const [i, { version, passage }] of rows.entries()) {
        const of = born.get(version) ?? [];
        if (of.length === 0) born.set(version, of);
        of.push(addRow(state.rows, passage));
        if (i % AT_ONCE === AT_ONCE - 1) await setImmediate();
      }
    return { gone, born };
  };

  const take = async (applied: Applied) => {
    const inIndex = hasOthers ? await passagesOfRecords(store, [...recordsOf(state.rows, applied)]) : [];
    const found = consequencesOf(state, { ...applied, inIndex });
    if (state.visible + found.born.length - found.dying.length > mostRows) throw tooMuch('rows', mostRows);
    if (state.hidden.size + found.hidden.length > mostHidden) throw tooMuch('hidden', mostHidden);
    const touched = [...found.records].filter((record) => !state.touched.has(record)).length;
    if (state.touched.size + touched > mostRows + mostHidden) throw tooMuch('records', mostRows + mostHidden);
    applyCommit(state, found);
  };

  const look = async () => {
    if (!isComplete) return;
    const now = performance.now();
    const expected = now - lookedAt > LATE_MS ? await newestVersion(root, version) : version;
    if (expected > version || lookedAt > Number.NEGATIVE_INFINITY)
      for await (const group of commitsAfter(root, version, expected))
        for (const part of partsOf(group)) await takePart(part);
    lookedAt = now;
  };

  const fresh: Fresh = {
    state,
    report: () => ({
      ...{ version, passages: state.visible, hidden: state.hidden.size, newestAt, complete: isComplete },
    }),
    async look() {
      try {
        await look();
      } catch (error) {
        // Rows that were read and are in no commit yet are read again, or never.
        state.rows = withoutDead(state.rows, state.moment);
        const end = endOf(error);
        if (end === undefined) throw error;
        isComplete = false;
        onIncomplete?.(end);
      }
    },
    [Symbol.dispose]: () => database?.close(),
  };
  // The index answers all the same, and the next look tries again.
  await fresh.look().catch((error) => onIncomplete?.(unreadable(error)));
  return fresh;
}

/** Commits that are read together: of not many more rows than `PART_ROWS`. */
function partsOf(commits: readonly FileChange[]): FileChange[][] {
  const parts: FileChange[][] = [];
  let rows = Number.POSITIVE_INFINITY;
  for (const commit of commits) {
    const coming = kindOf(commit) === 'stream' ? (newRowCount(commit) ?? PART_ROWS) : 0;
    if (rows + coming > PART_ROWS) {
      parts.push([]);
      rows = 0;
    }
    parts.at(-1)!.push(commit);
    rows += coming;
  }
  return parts;
}

/** Why no more can be taken; undefined where a later look may do better. */
function endOf(error: unknown): ThroughlineError | undefined {
  if (error instanceof FileNotFoundError) return filesGone(error);
  return error instanceof ThroughlineError && error.code.startsWith('fresh_') ? error : undefined;
}
