import { UnsupportedStoreError } from '../errors.ts';
import { localStore } from './local-store.ts';
import { s3Store } from './s3-store.ts';

/**
 * Where a table's files are. Every path is relative to the table's root, written with `/`, and plain: not
 * URL-encoded. All access to files goes through here, so that another kind of store is one more file.
 */
export interface Store {
  readonly root: string;
  /** The names in a folder (files and folders) that are >= `from`, by code units; none when there is no folder. */
  list(folder: string, from?: string): Promise<string[]>;
  /** The whole file as text, or undefined when it is not there. */
  read(path: string): Promise<string | undefined>;
  /** When the file was last written (ms since the epoch), or undefined when it is not there. */
  modified(path: string): Promise<number | undefined>;
  /**
   * Writes a file that must not be there yet: true when it is now there, whole and durable; false when
   * somebody else's is. No reader ever sees a part of it, and of several writers exactly one gets true. Their
   * texts must differ (a commit has a random txnId): where an answer got lost, a store knows its file by the text.
   * Throws UnsupportedStoreError where the store cannot promise this.
   */
  putIfAbsent(path: string, text: string): Promise<boolean>;
  /** Writes a file, whatever was there; a reader sees the old one or the new one, whole. */
  replace(path: string, text: string): Promise<void>;
  /** Every file below a folder, in no order; none when there is no folder. */
  walk(folder: string): AsyncGenerator<StoredFile>;
  /** Takes a file away that no commit refers to; it need not be there. */
  remove(path: string): Promise<void>;
  /**
   * Takes away all that is in a folder, and the folder; it need not be there. Killed in between, some of it stays:
   * what says that a folder is whole has to be removed before.
   */
  removeFolder(folder: string): Promise<void>;
  /** A place on the local disk to write a file that will be published at `path`. */
  stage(path: string): Promise<StagedFile>;
  /**
   * The file on the local disk, there until it is released: the file itself, or a copy of what is elsewhere.
   * Only for files that never change once they are there. Throws FileNotFoundError when it is not there.
   */
  fetch(path: string): Promise<LocalFile>;
  /**
   * As `fetch`, for who reads no more of a Parquet file than its footer: of a file that is elsewhere only that is
   * copied, and zeros stand for its rows.
   */
  fetchFooter(path: string): Promise<LocalFile>;
}

export interface StoredFile {
  /** relative to the table's root */
  path: string;
  /** bytes */
  size: number;
  /** milliseconds since the epoch */
  modificationTime: number;
  /** Of a store that has one: another content has another. */
  etag?: string;
}

export interface LocalFile {
  readonly localPath: string;
  release(): Promise<void>;
}

/** States: staged -> published | discarded. Before it is published nobody sees it at its path. */
export interface StagedFile {
  readonly localPath: string;
  /** Makes the file visible, whole and durable. `new` throws FileExistsError when the path is taken. */
  publish(mode: 'new' | 'replace'): Promise<{ size: number; modificationTime: number }>;
  discard(): Promise<void>;
}

/**
 * The store of a table's root: a folder of the local disk, as a path or a `file:` URL, or `s3://bucket/prefix`.
 * Nothing is opened yet: a store that cannot be reached is found out by the first call.
 */
export function openStore(root: string): Store {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(root)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === 'file') return localStore(root);
  if (scheme === 's3' || scheme === 's3a') return s3Store(root);
  throw new UnsupportedStoreError(
    `No store for ${scheme}: tables are on a local disk or in S3 (s3://bucket/path). The root is ${root}.`,
  );
}
