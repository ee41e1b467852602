/** The actions of a commit, word for word those of the Delta protocol ("Actions"). */

export interface Protocol {
  minReaderVersion: number;
  minWriterVersion: number;
  readerFeatures?: string[];
  writerFeatures?: string[];
}

/** `metaData` as it stands in the log: the schema is a string of JSON there. */
export interface MetadataAction {
  id: string;
  name?: string;
  description?: string;
  format: { provider: string; options: Record<string, string> };
  schemaString: string;
  partitionColumns: string[];
  configuration: Record<string, string>;
  createdTime?: number;
}

/** The rows of a data file that are deleted ("Deletion Vectors"). */
export interface DeletionVector {
  /** `u`: a file named by a UUID, `i`: here, in the text, `p`: an absolute path. */
  storageType: 'u' | 'i' | 'p';
  pathOrInlineDv: string;
  /** Where in the file it begins, in bytes. */
  offset?: number;
  sizeInBytes: number;
  /** How many rows are deleted. */
  cardinality: number;
}

/** A data file. `path` is relative to the table's root and URL-encoded, as in the log. */
export interface AddFile {
  path: string;
  partitionValues: Record<string, string | null>;
  /** bytes */
  size: number;
  /** milliseconds since the epoch */
  modificationTime: number;
  dataChange: boolean;
  /** JSON: numRecords, minValues, maxValues, nullCount */
  stats?: string;
  tags?: Record<string, string>;
  deletionVector?: DeletionVector;
}

/** A data file that a commit took out of the table: a tombstone until the retention has passed. */
export interface RemoveFile {
  path: string;
  /** milliseconds since the epoch */
  deletionTimestamp?: number;
  dataChange: boolean;
  extendedFileMetadata?: boolean;
  partitionValues?: Record<string, string | null>;
  size?: number;
  tags?: Record<string, string>;
  deletionVector?: DeletionVector;
}

/** "Transaction Identifiers": the highest version that the application `appId` has committed. */
export interface Txn {
  appId: string;
  version: number;
  lastUpdated?: number;
}

/** "Domain Metadata": settings of a feature by its name; kept as they are. */
export interface DomainMetadata {
  domain: string;
  configuration: string;
  removed: boolean;
}

/** A further file of a v2 checkpoint, in `_delta_log/_sidecars` ("Sidecar File Information"). */
export interface Sidecar {
  path: string;
  sizeInBytes: number;
  modificationTime: number;
}

export interface CommitInfo {
  timestamp?: number;
  inCommitTimestamp?: number;
  operation?: string;
  operationParameters?: Record<string, unknown>;
  operationMetrics?: Record<string, string>;
  [key: string]: unknown;
}

/** One line of a commit: an object with exactly one key. */
export type Action =
  | { commitInfo: CommitInfo }
  | { protocol: Protocol }
  | { metaData: MetadataAction }
  | { txn: Txn }
  | { add: AddFile }
  | { remove: RemoveFile }
  | { cdc: Record<string, unknown> }
  | { domainMetadata: DomainMetadata }
  | { sidecar: Sidecar };
