import { codeOf, describe, HttpError } from './errors.ts';
import type { Failure } from './types.ts';

/** Embedded by every model; asked for where it is not known whether the endpoint or the text is at fault. */
export const HARMLESS = 'Hello';

/** Refusals of what a request holds (RFC 9110: Bad Request, Content Too Large, Unprocessable Content). */
const REFUSED: readonly number[] = [400, 413, 422];

/**
 * True when the error is about the texts of a request: a refusal, an unusable answer, or a persistent status 500, where a
 * text crashes the server. A server that has begun to fail looks the same, and its faults must not become those of texts:
 * `askHarmless` decides, unless `isProven`: the server has accepted another request since. Throws what `askHarmless` meets
 * where it decides nothing.
 */
export async function isOfTexts(
  error: unknown,
  isProven: boolean,
  askHarmless: () => Promise<unknown>,
): Promise<boolean> {
  if (!(error instanceof HttpError) || error.attempts === 0) return false;
  const { failure } = error;
  const isUnusable = failure.kind === 'invalid' && failure.about === 'request';
  const isCrash = failure.kind === 'status' && failure.status === 500;
  if (!isRefusal(error) && !isUnusable && !isCrash) return false;
  if (isProven && isRefusal(error)) return true;
  try {
    await askHarmless();
    return true;
  } catch (other) {
    // A server that refuses the harmless text as well refuses everything: the settings are wrong. One that fails
    // meanwhile says nothing of the texts, and a refusal must not end a run that another try would finish.
    if (other instanceof HttpError && (isRefusal(other) || !isRefusal(error))) return false;
    throw other;
  }
}

/** The server says that it will not; the others may have been bad luck, time after time. */
export function isRefusal(error: unknown): boolean {
  const { failure } = error as HttpError;
  return failure.kind === 'status' && REFUSED.includes(failure.status);
}

/**
 * The reason of a text that failed alone: what most of its tries met, since any one of them may have met a fault that has
 * nothing to do with it.
 */
export function reasonOf(errors: readonly HttpError[]): { readonly code: string; readonly message: string } {
  const failures = errors.flatMap(({ met }) => met);
  const timesOf = (failure: Failure) => failures.filter((other) => codeOf(other) === codeOf(failure)).length;
  const [most] = failures.toSorted((a, b) => timesOf(b) - timesOf(a));
  return { code: codeOf(most!), message: describe(most!) };
}
