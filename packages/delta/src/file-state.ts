import type { Action, AddFile, RemoveFile } from './actions.ts';

/** The files of a table at one version. */
export interface FileState {
  /** The live files, sorted by path (UTF-16 code units). */
  live: readonly AddFile[];
  /** Removed files that are still known, by `fileKey`; checkpoints keep them for the retention. */
  tombstones: ReadonlyMap<string, RemoveFile>;
}

/** What commits did to the files: the last word on each of them. */
export interface FileChanges {
  added: ReadonlyMap<string, AddFile>;
  removed: ReadonlyMap<string, RemoveFile>;
}

/**
 * The files of a snapshot, read when they are first asked for: who only appends, or only asks for a `txn`, never
 * waits for a list of a million files, and who only reads never for the removed ones.
 */
export interface LazyFiles extends FileLists {
  /** The files after further changes; this one stays as it is. */
  after(changes: FileChanges): LazyFiles;
}

/** How each part of a `FileState` is come by. */
export interface FileLists {
  live(): Promise<FileState['live']>;
  tombstones(): Promise<FileState['tombstones']>;
}

const NO_CHANGES: FileChanges = { added: new Map(), removed: new Map() };

export const NO_FILES = settledFiles({ live: [], tombstones: new Map() });

/** Each list is read at most once, or again where that failed; memory is that of the lists read, some hundred bytes a file. */
export function lazyFiles(read: FileLists): LazyFiles {
  return filesOf(
    layered(once(read.live), NO_CHANGES, liveAfter),
    layered(once(read.tombstones), NO_CHANGES, tombstonesAfter),
  );
}

function filesOf(live: Lazy<FileState['live']>, tombstones: Lazy<FileState['tombstones']>): LazyFiles {
  return {
    live: live.get,
    tombstones: tombstones.get,
    after: (changes) => filesOf(live.after(changes), tombstones.after(changes)),
  };
}

/** Two actions speak of the same file when path and deletion vector are equal ("Action Reconciliation"). */
export function fileKey({ path, deletionVector }: AddFile | RemoveFile): string {
  if (!deletionVector) return path;
  const { storageType, pathOrInlineDv, offset } = deletionVector;
  return `${path}\0${storageType}${pathOrInlineDv}${offset === undefined ? '' : `@${offset}`}`;
}

export function fileChanges(actions: Iterable<Action>): FileChanges {
  const added = new Map<string, AddFile>();
  const removed = new Map<string, RemoveFile>();
  for (const action of actions) {
    if ('add' in action) {
      const key = fileKey(action.add);
      removed.delete(key);
      added.set(key, liveFile(action.add));
    } else if ('remove' in action) {
      const key = fileKey(action.remove);
      added.delete(key);
      removed.set(key, action.remove);
    }
  }
  return { added, removed };
}

/** The live files after changes. */
export function liveAfter(live: FileState['live'], changes: FileChanges): FileState['live'] {
  return isNothing(changes) ? live : mergeFiles(live, changes);
}

/** The removed files after changes. */
export function tombstonesAfter(
  tombstones: FileState['tombstones'],
  changes: FileChanges,
): FileState['tombstones'] {
  if (isNothing(changes)) return tombstones;
  const after = new Map(tombstones);
  for (const key of changes.added.keys()) after.delete(key);
  for (const [key, remove] of changes.removed) after.set(key, remove);
  return after;
}

function isNothing({ added, removed }: FileChanges): boolean {
  return added.size === 0 && removed.size === 0;
}

interface Lazy<List> {
  get(): Promise<List>;
  after(changes: FileChanges): Lazy<List>;
}

/**
 * Changes that nobody asked for yet are joined, so that a chain of commits never becomes a chain of calls. Once the list
 * is there, what it was made from is let go: a writer that lives for years holds one list, not all that ever were.
 */
function layered<List>(
  base: () => Promise<List>,
  changes: FileChanges,
  apply: (list: List, changes: FileChanges) => List,
): Lazy<List> {
  let pending: { base: () => Promise<List>; changes: FileChanges } | undefined = { base, changes };
  let settled: { list: List } | undefined;
  const get = once(async () => {
    if (pending !== undefined) settled = { list: apply(await pending.base(), pending.changes) };
    pending = undefined;
    return settled!.list;
  });
  return {
    get,
    after: (more) => {
      if (settled !== undefined) return layered(always(settled.list), more, apply);
      if (pending === undefined) return layered(get, more, apply);
      return layered(pending.base, join(pending.changes, more), apply);
    },
  };
}

/** The files of lists that are there already. */
export function settledFiles({ live, tombstones }: FileState): LazyFiles {
  return lazyFiles({ live: always(live), tombstones: always(tombstones) });
}

function always<List>(list: List): () => Promise<List> {
  return async () => list;
}

function join(first: FileChanges, second: FileChanges): FileChanges {
  const [added, removed] = [new Map(first.added), new Map(first.removed)];
  for (const [key, add] of second.added) {
    removed.delete(key);
    added.set(key, add);
  }
  for (const [key, remove] of second.removed) {
    added.delete(key);
    removed.set(key, remove);
  }
  return { added, removed };
}

/** An empty string and null are one value of a partition ("Partition Value Serialization"): here it is null. */
function liveFile(add: AddFile): AddFile {
  const values = add.partitionValues as AddFile['partitionValues'] | undefined;
  if (values === undefined) return { ...add, partitionValues: {} };
  for (const column in values)
    if (values[column] === '') return { ...add, partitionValues: withNulls(values) };
  return add;
}

function withNulls(values: AddFile['partitionValues']): AddFile['partitionValues'] {
  return Object.fromEntries(Object.entries(values).map(([column, value]) => [column, value || null]));
}

/** Merges sorted lists, so that a small commit on a large table stays cheap. */
function mergeFiles(before: readonly AddFile[], { added, removed }: FileChanges): AddFile[] {
  const fresh = [...added.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const files: AddFile[] = [];
  let next = 0;
  for (const file of before) {
    const key = fileKey(file);
    if (added.has(key) || removed.has(key)) continue;
    while (next < fresh.length && fresh[next]!.path < file.path) files.push(fresh[next++]!);
    files.push(file);
  }
  while (next < fresh.length) files.push(fresh[next++]!);
  return files;
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work().catch((error: unknown) => {
      result = undefined;
      throw error;
    });
    return result;
  };
}
