import { EXIT, ThroughlineError } from '../error.ts';
import type { CommandFailure } from './command-process.ts';

/** How its message begins: by it an error of a worker on a cluster is known. */
export const COMMAND_BROKEN = 'the command does not work: ';

/** A command of the config fails whatever it is asked. */
export class CommandBrokenError extends ThroughlineError {
  constructor({ message, isStarted }: Pick<CommandFailure, 'message' | 'isStarted'>) {
    super(`${COMMAND_BROKEN}${message}`, {
      code: 'command_broken',
      exitCode: isStarted ? EXIT.unavailable : EXIT.config,
      hint: isStarted
        ? 'Try it: throughline doctor. Its standard output is for answers only; what was done by then is kept.'
        : 'Install the program where the pipeline runs, or name another one in the command; then try it: throughline doctor',
    });
    this.name = 'CommandBrokenError';
  }
}
