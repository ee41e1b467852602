import type { Health } from './breaker.ts';
import type { Load } from './gate.ts';
import type { Answer, Failure } from './types.ts';

/** What an answer means: for the request itself, for the number of requests at once, and for the breaker. */

const RETRIED: readonly number[] = [429, 500, 502, 503, 504];
const OVERLOADED: readonly number[] = [429, 503];

/** Another try may succeed. */
export function isRetried(failure: Failure): boolean {
  if (failure.kind !== 'status') return true;
  return RETRIED.includes(failure.status) && !isQuotaUsedUp(failure);
}

/** OpenAI's 429 for an account without credit: no waiting changes it. */
export function isQuotaUsedUp(failure: Failure): boolean {
  return failure.kind === 'status' && failure.status === 429 && failure.body.includes('insufficient_quota');
}

export function loadOf(answer: Answer<unknown>): Load {
  if (answer.ok) return 'well';
  const { failure } = answer;
  const overloaded =
    failure.kind === 'timeout' || (failure.kind === 'status' && OVERLOADED.includes(failure.status));
  return overloaded ? 'overload' : 'unknown';
}

/** One who answers what was not asked, or refuses it, is there; one who wants fewer requests says nothing else. */
export function healthOf(answer: Answer<unknown>): Health {
  if (answer.ok || answer.failure.kind === 'invalid') return 'well';
  if (answer.failure.kind !== 'status' || answer.failure.status >= 500) return 'fault';
  return answer.failure.status === 429 ? 'unknown' : 'well';
}

/** How long nobody should send anything; `delayMs` is how long this request waits. */
export function pauseMsOf(answer: Answer<unknown>, delayMs: number): number {
  if (answer.ok || answer.failure.kind !== 'status') return 0;
  if (!OVERLOADED.includes(answer.failure.status)) return 0;
  return answer.askedMs ?? (answer.failure.status === 429 ? delayMs : 0);
}
