/**
 * Errors are part of the interface: each says what happened and where (message), what to do (hint), and
 * ends the process with a code from sysexits.h, so that a scheduler knows whether to try again.
 */

export const EXIT = {
  ok: 0,
  usage: 64,
  badData: 65,
  noInput: 66,
  unavailable: 69,
  internal: 70,
  cannotWrite: 73,
  tryAgain: 75,
  permission: 77,
  config: 78,
  nothingToDo: 99,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface ErrorDetails {
  /** Stable machine name, such as `config_invalid`. */
  code: string;
  exitCode: ExitCode;
  /** What the user can do about it, as a sentence. */
  hint?: string;
  cause?: unknown;
}

export class ThroughlineError extends Error {
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ThroughlineError';
    this.code = details.code;
    this.exitCode = details.exitCode;
    this.hint = details.hint;
  }
}

const DAMAGED =
  'Restore the table from a backup, or remove the lake and run again: it is made from the source.';

/** Errors of the operating system and of tables that a user can mend, by what they mean to a scheduler. */
const KNOWN_ERRORS: Record<string, { exitCode: ExitCode; hint: string }> = {
  ENOENT: { exitCode: EXIT.noInput, hint: 'Check the path.' },
  EISDIR: { exitCode: EXIT.noInput, hint: 'Name a file or a pattern such as data/*.csv, not a folder.' },
  ENOTDIR: { exitCode: EXIT.noInput, hint: 'A part of the path is a file.' },
  EACCES: { exitCode: EXIT.permission, hint: 'Give this user permission, or choose another path.' },
  EPERM: { exitCode: EXIT.permission, hint: 'Give this user permission, or choose another path.' },
  EROFS: {
    exitCode: EXIT.cannotWrite,
    hint: 'The file system is read-only: choose another path for the lake.',
  },
  ENOSPC: { exitCode: EXIT.cannotWrite, hint: 'Free some space and run again: what was committed is kept.' },
  EDQUOT: { exitCode: EXIT.cannotWrite, hint: 'Free some space and run again: what was committed is kept.' },
  EMFILE: { exitCode: EXIT.tryAgain, hint: 'Too many open files: raise the limit (ulimit -n).' },
  CONCURRENT_MODIFICATION: {
    exitCode: EXIT.tryAgain,
    hint: 'Another process wrote at the same moment. Nothing is wrong with the tables: run again.',
  },
  CORRUPT_LOG: { exitCode: EXIT.badData, hint: DAMAGED },
  TABLE_NOT_FOUND: { exitCode: EXIT.badData, hint: DAMAGED },
  VERSION_NOT_FOUND: { exitCode: EXIT.badData, hint: DAMAGED },
  FILE_NOT_FOUND: { exitCode: EXIT.badData, hint: DAMAGED },
  'STORE_FAILED/access-denied': {
    exitCode: EXIT.permission,
    hint: 'Give these credentials permission, or choose another place for the lake.',
  },
  'STORE_FAILED/credentials': {
    exitCode: EXIT.permission,
    hint: 'The AWS_* variables or a profile hold them.',
  },
  'STORE_FAILED/not-found': {
    exitCode: EXIT.noInput,
    hint: 'Check `lake:` in the config, and AWS_ENDPOINT_URL.',
  },
  'STORE_FAILED/region': { exitCode: EXIT.config, hint: 'Set the region, then run again.' },
  'STORE_FAILED/unreachable': { exitCode: EXIT.tryAgain, hint: 'Run again: what was committed is kept.' },
  'STORE_FAILED/unavailable': { exitCode: EXIT.tryAgain, hint: 'Run again: what was committed is kept.' },
  STORE_FAILED: {
    exitCode: EXIT.tryAgain,
    hint: 'The message says what the store refused. Mend it, then run again.',
  },
  UNSUPPORTED_STORE: { exitCode: EXIT.cannotWrite, hint: 'Choose another disk for the lake.' },
};

/** Any thrown value as a ThroughlineError: known errors keep their meaning, others are internal. */
export function asThroughlineError(thrown: unknown): ThroughlineError {
  if (thrown instanceof ThroughlineError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = knownCode(error);
  if (code !== undefined) {
    const known = KNOWN_ERRORS[code]!;
    return new ThroughlineError(error.message, {
      code: code.toLowerCase().replace('/', '_').replace('-', '_'),
      exitCode: known.exitCode,
      hint: known.hint,
      cause: error,
    });
  }
  return new ThroughlineError(error.message, { code: 'internal', exitCode: EXIT.internal, cause: error });
}

/** The code of a known error, also of errors that DuckDB reports in words. */
function knownCode(error: Error): string | undefined {
  const { code, reason } = error as { code?: string; reason?: unknown };
  for (const one of [`${code}/${reason}`, code]) if (one !== undefined && KNOWN_ERRORS[one]) return one;
  if (/No space left on device/i.test(error.message)) return 'ENOSPC';
  if (/Permission denied/i.test(error.message)) return 'EACCES';
  if (/Read-only file system/i.test(error.message)) return 'EROFS';
  return error.cause instanceof Error ? knownCode(error.cause) : undefined;
}
