import { writeFile } from 'node:fs/promises';
import { asThroughlineError, EXIT, ThroughlineError } from '../error.ts';

/** Throws with exit code 73 where the file cannot be written. */
export async function writeReport(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    const { message, code } = asThroughlineError(cause);
    throw new ThroughlineError(`${path}: the report cannot be written: ${message}`, {
      code,
      exitCode: EXIT.cannotWrite,
      hint: 'Choose another place for it.',
      cause,
    });
  }
}
