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
 * waits for a list of a million files.
 */
export interface LazyFiles {
  get(): Promise<FileState>;
  /** The files after further changes; this one stays as it is. */
  after(changes: FileChanges): LazyFiles;
}

export const NO_FILES: LazyFiles = lazyFiles(async () => ({ live: [], tombstones: new Map() }));

/** `load` is called at most once, or again where it failed; memory is that of the list, some hundred bytes a file. */
export function lazyFiles(load: () => Promise<FileState>): LazyFiles {
  return layered(once(load), { added: new Map(), removed: new Map() });
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

export function applyChanges({ live, tombstones }: FileState, changes: FileChanges): FileState {
  const { added, removed } = changes;
  if (added.size === 0 && removed.size === 0) return { live, tombstones };
  const after = new Map(tombstones);
  for (const key of added.keys()) after.delete(key);
  for (const [key, remove] of removed) after.set(key, remove);
  return { live: mergeFiles(live, changes), tombstones: after };
}

/**
 * Changes that nobody asked for yet are joined, so that a chain of commits never becomes a chain of calls. Once the list
 * is there, what it was made from is let go: a writer that lives for years holds one list, not all that ever were.
 */
function layered(base: () => Promise<FileState>, changes: FileChanges): LazyFiles {
  let pending: { base: () => Promise<FileState>; changes: FileChanges } | undefined = { base, changes };
  let settled: FileState | undefined;
  const get = once(async () => {
    if (pending !== undefined) settled = applyChanges(await pending.base(), pending.changes);
    pending = undefined;
    return settled!;
  });
  return {
    get,
    after: (more) => {
      if (settled !== undefined) return layered(always(settled), more);
      return pending === undefined ? layered(get, more) : layered(pending.base, join(pending.changes, more));
    },
  };
}

/** The files of a list that is there already. */
export function settledFiles(state: FileState): LazyFiles {
  return lazyFiles(always(state));
}

function always(state: FileState): () => Promise<FileState> {
  return async () => state;
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
