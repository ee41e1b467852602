/** Files where tables are, on a disk or in S3, for what lies beside the tables. Loads no engine. */
export { emptyFileCache } from './file-cache.ts';
export { type LocalFile, openStore, type StagedFile, type Store, type StoredFile } from './store.ts';
