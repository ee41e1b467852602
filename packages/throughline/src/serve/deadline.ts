import { setTimeout } from 'node:timers/promises';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Admission } from './admission.ts';

/** The result, or an error with exit code 75 once the milliseconds are over; the work itself goes on, and is counted, to its end. */
export async function withDeadline<T>(ms: number, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const late = setTimeout(ms, undefined, { signal: done.signal }).then(() => {
    throw timedOut(ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
    late.catch(() => {});
  }
}

/** Admits the work unless the milliseconds are over before its turn: who has waited longer was told so, and nothing is done for them. */
export async function admitPatiently<T>(
  admission: Admission,
  ms: number,
  work: () => Promise<T>,
): Promise<T> {
  const patience = AbortSignal.timeout(ms);
  return admission.admit(work, patience).catch((error) => {
    throw error === patience.reason ? timedOut(ms) : error;
  });
}

function timedOut(ms: number): ThroughlineError {
  return new ThroughlineError(`no answer within ${ms / 1000} s`, {
    code: 'timed_out',
    exitCode: EXIT.tryAgain,
    hint: 'Ask for less (limit, facets), or try again in a moment.',
  });
}
