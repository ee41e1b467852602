/** What every error of this package is: `code` is stable and meant for programs, the message for people. */
export class DeltaError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** There is no Delta table at this root: no `_delta_log` with a commit in it. */
export class TableNotFoundError extends DeltaError {
  constructor(root: string) {
    super('TABLE_NOT_FOUND', `No Delta table at ${root}: create it first, or check the path.`);
  }
}

/** The table is there, but not the version or the moment that was asked for. */
export class VersionNotFoundError extends DeltaError {
  constructor(message: string) {
    super('VERSION_NOT_FOUND', message);
  }
}

/** The table needs, or the caller asked for, a feature of the Delta protocol that this package does not have. */
export class UnsupportedFeatureError extends DeltaError {
  constructor(message: string) {
    super('UNSUPPORTED_FEATURE', message);
  }
}

/** Another commit came first and makes this one meaningless. Open the table again and decide anew. */
export class ConcurrentModificationError extends DeltaError {
  constructor(message: string) {
    super('CONCURRENT_MODIFICATION', message);
  }
}

/** The schema or the partition columns are not those of the table, or are not a valid Delta schema. */
export class SchemaMismatchError extends DeltaError {
  constructor(message: string) {
    super('SCHEMA_MISMATCH', message);
  }
}

/** The log breaks the protocol: a version is missing, or a line is not an action. Nothing is guessed from it. */
export class CorruptLogError extends DeltaError {
  constructor(message: string, options?: ErrorOptions) {
    super('CORRUPT_LOG', message, options);
  }
}

/** The change itself is wrong: it would make a commit that the protocol does not allow. Nothing was written. */
export class InvalidCommitError extends DeltaError {
  constructor(message: string) {
    super('INVALID_COMMIT', message);
  }
}

/** A file to be written is already there. A data file is never overwritten: a snapshot may refer to it. */
export class FileExistsError extends DeltaError {
  constructor(path: string) {
    super('FILE_EXISTS', `${path} is already there; write under another attempt or name.`);
  }
}

/** A file that the log names is not there: it was vacuumed, or deleted from outside. */
export class FileNotFoundError extends DeltaError {
  constructor(path: string, options?: ErrorOptions) {
    super(
      'FILE_NOT_FOUND',
      `${path} is not there: it was vacuumed or deleted. Open the newest version of the table, or restore the file.`,
      options,
    );
  }
}

/** The store cannot do what a safe commit needs, such as hard links on a local disk. */
export class UnsupportedStoreError extends DeltaError {
  constructor(message: string, options?: ErrorOptions) {
    super('UNSUPPORTED_STORE', message, options);
  }
}

/** Why: `unavailable` may work later, `not-found` is the bucket, `failed` is all that has no name of its own. */
export type StoreFailure =
  | 'access-denied'
  | 'credentials'
  | 'not-found'
  | 'region'
  | 'unreachable'
  | 'unavailable'
  | 'failed';

/** An object store did not do what it was asked for; the message says where, why, and what to do. */
export class StoreError extends DeltaError {
  readonly reason: StoreFailure;
  constructor(message: string, reason: StoreFailure = 'failed', options?: ErrorOptions) {
    super('STORE_FAILED', message, options);
    this.reason = reason;
  }
}
