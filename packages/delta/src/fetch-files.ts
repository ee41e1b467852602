import type { LocalFile, Store } from './store/store.ts';

export interface LocalFiles {
  /** In the order of the paths that were asked for. */
  localPaths: string[];
  release(): Promise<void>;
}

const FETCHES_AT_ONCE = 8;

/** Several files on the local disk, all or none: when one cannot be had, those that were are released. */
export async function fetchFiles(store: Store, paths: readonly string[]): Promise<LocalFiles> {
  const files: LocalFile[] = [];
  const release = async () => {
    for (const file of files) await file.release();
  };
  for (let start = 0; start < paths.length; start += FETCHES_AT_ONCE) {
    const fetched = await Promise.allSettled(
      paths.slice(start, start + FETCHES_AT_ONCE).map((path) => store.fetch(path)),
    );
    for (const result of fetched) if (result.status === 'fulfilled') files.push(result.value);
    const failed = fetched.find((result) => result.status === 'rejected');
    if (failed === undefined) continue;
    await release();
    throw failed.reason;
  }
  return { localPaths: files.map(({ localPath }) => localPath), release };
}
