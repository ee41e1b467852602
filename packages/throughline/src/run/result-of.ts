import { EXIT, ThroughlineError } from '../error.ts';
import type { BuildTable } from '../lake/build.ts';
import type { RunEntry } from './manifest.ts';
import type { RunResult } from './result.ts';

export interface TrackedResult extends RunResult {
  tables: Record<BuildTable, number>;
}

/** What a run came to, with the versions of the tables that it left. Throws with exit code 66 where it left none. */
export function resultOf({ run, status, ended, manifest }: RunEntry): TrackedResult {
  const result = manifest.result as RunResult | undefined;
  if (result !== undefined && Object.keys(result.tables ?? {}).length > 0) return result as TrackedResult;
  const why =
    ended === undefined
      ? 'it has no end: it is running, or was killed'
      : result === undefined
        ? `it ended early (${status})`
        : 'it is of a time at which versions of tables were not recorded';
  throw new ThroughlineError(`the run ${run} names no versions of tables: ${why}`, {
    code: 'run_without_result',
    exitCode: EXIT.noInput,
    hint: 'See them: throughline runs. What it had published is part of the next run that came to its end.',
  });
}
