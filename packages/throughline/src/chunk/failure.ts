/** What an error means to the chunk that it met, and to the run. */
import type { ThroughlineError } from '../error.ts';
import { EXIT } from '../error.ts';

/**
 * `run`: the others would meet it as well, or must not be tried (disk full, no permission, wrong config, budget used up).
 * `later`: another attempt may succeed. `chunk`: every attempt on the same rows meets it again; the others go on.
 */
export type Reach = 'run' | 'later' | 'chunk';

/** A later run may succeed; within this one they do not pass. */
const OF_THE_RUN: readonly string[] = [
  'budget_exceeded',
  'command_broken',
  'command_stopped',
  'embedder_stopped',
  'interrupted',
  'spark_session_lost',
  'spark_unavailable',
  'vectors_damaged',
];

export function reachOf({ code, exitCode }: ThroughlineError): Reach {
  if (OF_THE_RUN.includes(code)) return 'run';
  if (exitCode === EXIT.tryAgain || exitCode === EXIT.unavailable) return 'later';
  return exitCode === EXIT.badData || exitCode === EXIT.internal ? 'chunk' : 'run';
}
