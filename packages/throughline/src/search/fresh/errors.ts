/** Why a searcher takes no more of what streams commit. */
import { EXIT, ThroughlineError } from '../../error.ts';

const HINT =
  'Searches go on with what was taken until then. Build the next index, which has all of it: throughline run --only index';

const SAID = {
  rows: (many: string) => `more than ${many} passages have come since the index was built`,
  hidden: (many: string) => `more than ${many} passages of the index have gone or changed since it was built`,
  records: (many: string) => `more than ${many} records have come, changed or gone since the index was built`,
};

export function tooMuch(what: keyof typeof SAID, most: number): ThroughlineError {
  const said = SAID[what](most.toLocaleString('en'));
  return new ThroughlineError(said, { code: 'fresh_too_much', exitCode: EXIT.noInput, hint: HINT });
}

export function logCut(root: string, version: number): ThroughlineError {
  return new ThroughlineError(`the log of ${root} no longer has version ${version}`, {
    code: 'fresh_log_cut',
    exitCode: EXIT.noInput,
    hint: HINT,
  });
}

export function filesGone(cause: Error): ThroughlineError {
  return new ThroughlineError(`what has come since the index was built was vacuumed: ${cause.message}`, {
    code: 'fresh_files_gone',
    exitCode: EXIT.noInput,
    hint: HINT,
    cause,
  });
}

export function unreadable(cause: Error): ThroughlineError {
  return new ThroughlineError(
    `what streams have committed since the index was built cannot be read: ${cause.message}`,
    {
      code: 'fresh_unreadable',
      exitCode: EXIT.tryAgain,
      hint: 'Searches find what the index has. Try again; if it stays so: throughline doctor',
      cause,
    },
  );
}
