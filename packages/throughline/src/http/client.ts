import { attempt, type Check } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import { type Deadline, openDeadline } from './deadline.ts';
import { REAL_EFFECTS } from './effects.ts';
import { openEndpoint } from './endpoint.ts';
import { HttpError, NoTurnError } from './errors.ts';
import { DEFAULT_POLICY } from './policy.ts';
import type { Answer, Effects, Failure, HttpEvent, HttpPolicy, HttpRequest, HttpStats } from './types.ts';
import { isRetried, pauseMsOf } from './verdict.ts';

/** One for each endpoint, shared by all who call it: limits, breaker and budget are of the endpoint. */
export interface HttpClient {
  /**
   * Sends the request until a response of status 2xx passes `check`, and resolves to what `check` made of it. Throws
   * HttpError when the tries or the deadline are used up, or at once for a status that no try will change; BudgetError;
   * or the reason of an abort. `check` throws InvalidResponseError for a response that is not what was asked for.
   */
  send<T>(request: HttpRequest, check: Check<T>, signal?: AbortSignal): Promise<T>;
  stats(): HttpStats;
}

export function openHttpClient(
  policy: HttpPolicy = DEFAULT_POLICY,
  onEvent: (event: HttpEvent) => void = () => {},
  effects: Effects = REAL_EFFECTS,
): HttpClient {
  const endpoint = openEndpoint(policy, onEvent, effects);
  let [tickets, retries] = [0, 0];

  /** One turn and one try; a failure comes with how long to wait before the next. */
  const once = async <T>(
    request: HttpRequest,
    check: Check<T>,
    ticket: number,
    tries: number,
    by: Deadline,
  ) => {
    const wish = { ticket, tokens: request.tokens ?? 0, leftMs: by.leftMs };
    const place = await endpoint.enter(wish, by.signal);
    try {
      by.start();
      const answer = await attempt(request, check, policy.timeoutMs, effects, by.signal);
      const asked = answer.ok ? undefined : answer.askedMs;
      const delayMs = answer.ok ? 0 : backoffMs(tries, asked, policy.backoff, effects.random);
      place.leave(answer, pauseMsOf(answer, delayMs));
      return { answer: answer as Answer<T>, delayMs };
    } finally {
      place.leave(); // where it was cancelled
    }
  };

  const giveUp = (request: HttpRequest, failure: Failure, met: readonly Failure[]): HttpError => {
    const attempts = met.length;
    // A refusal is the answer; who asked knows what it means.
    if (isRetried(failure)) onEvent({ type: 'gave-up', attempts, failure });
    return new HttpError(request.url, failure, attempts, met);
  };

  const send = async <T>(request: HttpRequest, check: Check<T>, signal?: AbortSignal): Promise<T> => {
    const ticket = tickets++;
    const deadline = openDeadline(policy.deadlineMs, effects, signal);
    const met: Failure[] = [];
    try {
      for (;;) {
        const { answer, delayMs } = await once(request, check, ticket, met.length + 1, deadline);
        if (answer.ok) return answer.value;
        const tries = met.push(answer.failure);
        if (!isRetried(answer.failure) || tries > policy.retries || delayMs >= deadline.leftMs()) break;
        retries++;
        onEvent({ type: 'retry', attempt: tries, delayMs, failure: answer.failure });
        await effects.sleep(delayMs, deadline.signal);
      }
    } catch (error) {
      const noTurn = error instanceof NoTurnError;
      if (!noTurn && error !== deadline.passed) throw error;
      const why = met.at(-1) ?? (noTurn ? error.failure : undefined) ?? timeout(deadline.passed);
      throw giveUp(request, why, met);
    } finally {
      deadline.stop();
    }
    endpoint.gaveUp(met.at(-1)!);
    throw giveUp(request, met.at(-1)!, met);
  };
  return { send, stats: () => ({ ...endpoint.stats(), retries }) };
}

function timeout({ message }: Error): Failure {
  return { kind: 'timeout', message };
}
