/** Whether a pipeline can run here: every part that it needs is tried once, for real. */
import { asThroughlineError, type ExitCode } from '../error.ts';

export interface Check {
  readonly name: string;
  /** Resolves to what was found; throws what is wrong. */
  find(): Promise<string | Finding>;
}

export interface Finding {
  message: string;
  /** What could be better. */
  hint?: string | undefined;
}

export interface CheckResult {
  check: string;
  ok: boolean;
  /** What was found, or what is wrong. */
  message: string;
  /** What to do about it. */
  hint?: string | undefined;
  /** As a run would end with that problem. */
  exitCode?: ExitCode;
  ms: number;
}

/** One check after the other; one that fails does not keep the next from being tried. `now` in milliseconds. */
export async function* examine(checks: AsyncIterable<Check>, now: () => number): AsyncGenerator<CheckResult> {
  for await (const { name, find } of checks) {
    const started = now();
    const result = await find().then(
      (found) => ({ ok: true, ...(typeof found === 'string' ? { message: found } : found) }),
      (thrown) => {
        const { message, hint, exitCode } = asThroughlineError(thrown);
        return { ok: false, message, hint, exitCode };
      },
    );
    yield { check: name, ...result, ms: Math.round(now() - started) };
  }
}
