/** Delta Lake tables: log, commit, read, write, checkpoint. See the README for the guarantees. */
export type {
  Action,
  AddFile,
  CommitInfo,
  DeletionVector,
  MetadataAction,
  Protocol,
  RemoveFile,
  Txn,
} from './actions.ts';
export { addColumns } from './add-columns.ts';
export { changes, type FileChange, newestVersion, readChange } from './changes.ts';
export { checkpoint } from './checkpoint.ts';
export { type CleanLogOptions, cleanLog } from './clean-log.ts';
export type { ColumnBatch, ColumnValue, ColumnValues } from './column-batch.ts';
export {
  type Commit,
  type CommitOptions,
  type CommitResult,
  commit,
  type OnceOnly,
  type TableSlice,
} from './commit.ts';
export type { Comparison, Condition } from './condition.ts';
export { type CreateOptions, createTable } from './create-table.ts';
export { describeFiles, type ForeignFile } from './describe-files.ts';
export {
  ConcurrentModificationError,
  CorruptLogError,
  DeltaError,
  FileExistsError,
  FileNotFoundError,
  InvalidCommitError,
  SchemaMismatchError,
  StoreError,
  type StoreFailure,
  TableNotFoundError,
  UnsupportedFeatureError,
  UnsupportedStoreError,
  VersionNotFoundError,
} from './errors.ts';
export { fileKey } from './file-state.ts';
export { readFloatLists } from './float-list.ts';
export { type HistoryEntry, history, readCommit } from './history.ts';
export { keepVersion, missingFile, releaseVersion } from './keep-version.ts';
export { type Merge, type MergeOptions, type MergeResult, merge } from './merge.ts';
export { openTable, refresh, type TimeTravel } from './open-table.ts';
export { type OptimizeOptions, type OptimizeResult, optimize } from './optimize.ts';
export { openPartWriter, type PartWriter, type PartWriterOptions, writeParquet } from './part-writer.ts';
export { type PartitionFilter, type PartitionValues, partitionPath } from './partition.ts';
export { redactLog } from './redact-log.ts';
export { type Relation, relation } from './relation.ts';
export { restore } from './restore.ts';
export { type ScanOptions, scan } from './scan.ts';
export {
  type ArrayType,
  array,
  type DataType,
  field,
  type MapType,
  type PrimitiveType,
  type StructField,
  type StructType,
  struct,
} from './schema.ts';
export type { FileSelection } from './selected-files.ts';
export type { Metadata, Snapshot } from './snapshot.ts';
export { quoteIdentifier, quoteLiteral, quotePath } from './sql.ts';
export { probeStore } from './store/probe-store.ts';
export { type VacuumOptions, type VacuumResult, vacuum } from './vacuum.ts';
