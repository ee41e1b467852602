/** What Spark said, for findings that say more. */
import { SparkError } from '@throughline/spark-connect';
import { workerFailure } from '../engine/spark/worker-command.ts';

/** Spark's error condition, such as `PATH_NOT_FOUND`; undefined for what is no answer of Spark. */
export function sparkCode(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof SparkError ? cause.code : undefined;
}

/** How a program ended, or the first line of a message: more of it are plans and stacks. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const ended = cause instanceof SparkError ? workerFailure(cause.message) : undefined;
  if (ended === undefined) return message.split('\n')[0]!;
  return `bash ended with ${ended.exitCode}: ${ended.stderr || 'it said nothing'}`;
}
