import { EXIT, ThroughlineError } from '../../../error.ts';

/** Throws ThroughlineError (65) for a line that is no JSON. */
export function parseLine(line: Buffer, number: number): unknown {
  try {
    return JSON.parse(line.toString());
  } catch (cause) {
    throw new ThroughlineError(`line ${number} of the worker's input is not JSON`, {
      code: 'worker_input',
      exitCode: EXIT.badData,
      cause,
    });
  }
}
