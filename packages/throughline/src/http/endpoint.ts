import { openBreaker } from './breaker.ts';
import { BudgetError, NoTurnError } from './errors.ts';
import { openGate } from './gate.ts';
import { openLine } from './line.ts';
import { openPace } from './pace.ts';
import { openPause } from './pause.ts';
import { openSpending } from './spending.ts';
import type { Answer, Effects, Failure, HttpEvent, HttpPolicy, HttpStats } from './types.ts';
import { healthOf, loadOf } from './verdict.ts';

/** What all requests to one server share: their number at once, their rate, its pauses, its health, the budget. */
export interface Endpoint {
  /**
   * Waits in line, and takes a place, a part of the rate and of the budget all at the same moment: who waits holds
   * nothing. Throws BudgetError, NoTurnError, or the reason of an abort.
   */
  enter(wish: Wish, signal?: AbortSignal): Promise<Place>;
  /** A request came to its end with this. If the server is down, it is the end for all who wait. */
  gaveUp(failure: Failure): void;
  stats(): Omit<HttpStats, 'retries'>;
}

interface Wish {
  /** The lower, the earlier; the same for every try of a request. */
  readonly ticket: number;
  readonly tokens: number;
  leftMs(): number;
}

export interface Place {
  /** Counts once. Without an answer the try was cancelled. For `pauseMs` nobody enters. */
  leave(answer?: Answer<unknown>, pauseMs?: number): void;
}

export function openEndpoint(
  policy: HttpPolicy,
  onEvent: (event: HttpEvent) => void,
  effects: Pick<Effects, 'now' | 'sleep'>,
): Endpoint {
  const spending = openSpending(policy.budget);
  const gate = openGate(policy.concurrency, (limit) => onEvent({ type: 'concurrency', limit }));
  const breaker = openBreaker(policy.breaker, (state) => onEvent({ type: 'breaker', state }));
  const pause = openPause((ms) => onEvent({ type: 'paused', ms }));
  const pace = openPace(policy);
  const line = openLine(effects);
  const failures: Record<string, number> = {};
  let last: Failure | undefined;
  let overdrawn = false;

  const checkBudget = (tokens: number) => {
    try {
      spending.check(tokens);
    } catch (error) {
      if (error instanceof BudgetError && !overdrawn) onEvent({ type: 'budget', message: error.message });
      overdrawn = true;
      throw error;
    }
  };

  const waitMs = ({ tokens, leftMs }: Wish): number => {
    const now = effects.now();
    checkBudget(tokens);
    const refusedMs = Math.max(pause.waitMs(now), breaker.waitMs(now));
    if (Number.isFinite(refusedMs) && refusedMs > leftMs()) throw new NoTurnError(last);
    if (refusedMs > 0) return refusedMs;
    return gate.isFull ? Number.POSITIVE_INFINITY : pace.waitMs(tokens, now);
  };

  const take = (tokens: number): Place => {
    const pass = gate.enter();
    const tell = breaker.enter();
    pace.take(tokens, effects.now());
    spending.reserve(tokens);
    const settle = (counted: number) => spending.settle(tokens, counted);
    let left = false;
    return {
      leave: (answer, pauseMs = 0) => {
        if (left) return;
        left = true;
        const now = effects.now();
        if (pauseMs > 0 && pause.extend(pauseMs, now)) pace.pauseUntil(now + pauseMs);
        if (answer?.ok) {
          settle(answer.tokens ?? tokens);
          pace.correct(tokens, answer.tokens ?? tokens);
        } else {
          settle(answer === undefined || answer.paid ? tokens : 0);
          if (answer !== undefined) note(answer.failure);
        }
        pass.leave(answer === undefined ? 'unknown' : loadOf(answer));
        tell(answer === undefined ? 'unknown' : healthOf(answer), now);
        line.look();
      },
    };
  };

  const note = (failure: Failure) => {
    last = failure;
    const key = failure.kind === 'status' ? String(failure.status) : failure.kind;
    failures[key] = (failures[key] ?? 0) + 1;
  };

  return {
    enter: async (wish, signal) => {
      let place: Place | undefined;
      const ask = () => {
        const ms = waitMs(wish);
        if (ms === 0) place = take(wish.tokens);
        return ms;
      };
      await line.wait(wish.ticket, ask, signal);
      return place!;
    },
    gaveUp: (failure) => {
      const isDown = breaker.state !== 'closed' && healthOf({ ok: false, failure, paid: false }) === 'fault';
      if (isDown) line.dissolve(new NoTurnError(failure));
    },
    stats: () => ({
      requests: spending.requests,
      tokens: spending.tokens,
      money: spending.money,
      failures: { ...failures },
    }),
  };
}
