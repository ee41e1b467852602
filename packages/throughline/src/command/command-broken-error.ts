import { EXIT, ThroughlineError } from '../error.ts';
import type { CommandFailure } from './command-process.ts';

const BROKEN = 'the command does not work: ';

const FAILS =
  'Try it: throughline doctor. Its standard output is for answers only; what was done by then is kept';
const MISSING =
  'Install the program where the pipeline runs, or name another; then try it: throughline doctor';
const NO_KIT =
  'Copy the kit for Python beside the program that imports it: python/throughline_mapper.py of the package throughline (in node_modules, where npm installed it there); then try it: throughline doctor';

/** A command of the config fails whatever it is asked. */
export class CommandBrokenError extends ThroughlineError {
  constructor({ message, isStarted }: Pick<CommandFailure, 'message' | 'isStarted'>) {
    super(`${BROKEN}${message}`, {
      code: 'command_broken',
      exitCode: isStarted ? EXIT.unavailable : EXIT.config,
      hint: hintOf(message, isStarted),
    });
    this.name = 'CommandBrokenError';
  }
}

function hintOf(message: string, isStarted: boolean): string {
  if (!isStarted) return MISSING;
  return /No module named '?throughline_mapper/.test(message) ? NO_KIT : FAILS;
}

/**
 * The message, from what a worker on a cluster has written of the error: message and hint, of which the beginning may be cut
 * off. Undefined where it is of another error.
 */
export function brokenCommandOf(stderr: string): string | undefined {
  const hint = [FAILS, MISSING, NO_KIT].find((one) => stderr.includes(one));
  if (hint === undefined) return undefined;
  const message = stderr.slice(0, stderr.indexOf(hint)).trim();
  return message.includes(BROKEN) ? message.slice(message.indexOf(BROKEN)) : `${BROKEN}... ${message}`;
}
