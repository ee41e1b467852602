import { EXIT, ThroughlineError } from '../error.ts';
import type { Failure } from './types.ts';
import { isQuotaUsedUp } from './verdict.ts';

/** No answer, or not a whole one: the request may be sent again. */
export class TransportError extends Error {
  readonly kind: 'timeout' | 'connection';
  /** The server may have read the request, and may charge for it. */
  readonly reached: boolean;
  constructor(kind: 'timeout' | 'connection', reached: boolean, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransportError';
    this.kind = kind;
    this.reached = reached;
  }
}

/** The endpoint is down, or wants nobody for longer than a request may take: there is no turn to wait for. */
export class NoTurnError extends Error {
  readonly failure: Failure | undefined;
  constructor(failure: Failure | undefined) {
    super('there is no turn');
    this.name = 'NoTurnError';
    this.failure = failure;
  }
}

/** Thrown by the check of a response with status 2xx that is not what was asked for: it may be asked again. */
export class InvalidResponseError extends Error {
  readonly about: 'request' | 'endpoint';
  constructor(message: string, about: 'request' | 'endpoint' = 'request') {
    super(message);
    this.name = 'InvalidResponseError';
    this.about = about;
  }
}

/** A request failed for good. `failure` is what the last try met; exit code 69 or 75 where a later run may succeed. */
export class HttpError extends ThroughlineError {
  readonly failure: Failure;
  readonly attempts: number;
  /** What each try met, the last one included. */
  readonly met: readonly Failure[];
  constructor(url: string, failure: Failure, attempts: number, met: readonly Failure[] = [failure]) {
    super(`${hostOf(url)}: ${describe(failure)}, ${afterTries(attempts)}`, {
      code: isQuotaUsedUp(failure) ? 'quota_used_up' : codeOf(failure),
      exitCode: exitCodeOf(failure, met),
      hint: hintOf(failure),
    });
    this.name = 'HttpError';
    this.failure = failure;
    this.attempts = attempts;
    this.met = met;
  }
}

/** The next request would cost more than is allowed. What was done so far is kept. */
export class BudgetError extends ThroughlineError {
  constructor(what: string, spent: number, limit: number) {
    super(`the budget of ${limit} ${what} is used up (${spent})`, {
      code: 'budget_exceeded',
      exitCode: EXIT.tryAgain,
      hint: 'Raise embed.budget, or run again when there is a new one: what was paid for is kept.',
    });
    this.name = 'BudgetError';
  }
}

/** "n tries" is told, but for requests that never had a turn. */
function afterTries(attempts: number): string {
  if (attempts === 0) return 'before the first try';
  return `after ${attempts} ${attempts === 1 ? 'try' : 'tries'}`;
}

export function codeOf(failure: Failure): string {
  return `http_${failure.kind === 'status' ? failure.status : failure.kind}`;
}

export function describe(failure: Failure): string {
  if (failure.kind !== 'status') return failure.message;
  const body = failure.body.replace(/\s+/g, ' ').trim().slice(0, 200);
  return `status ${failure.status}${body === '' ? '' : ` (${body})`}`;
}

/** Once may be a fault of the moment; every time it is the settings. */
function isOfEndpoint(failure: Failure): boolean {
  return failure.kind === 'invalid' && failure.about === 'endpoint';
}

/** A server that is not to be had may be later; one that refuses what is asked will not be told otherwise by waiting. */
function exitCodeOf(failure: Failure, met: readonly Failure[]) {
  if (failure.kind === 'invalid') return met.every(isOfEndpoint) ? EXIT.config : EXIT.unavailable;
  if (failure.kind !== 'status') return EXIT.unavailable;
  if (failure.status === 401 || failure.status === 403 || isQuotaUsedUp(failure)) return EXIT.permission;
  if (failure.status === 429) return EXIT.tryAgain;
  return failure.status >= 500 ? EXIT.unavailable : EXIT.config;
}

function hintOf(failure: Failure): string {
  if (failure.kind === 'invalid')
    return 'The server answered with something else than was asked for: check the model and the address.';
  if (failure.kind !== 'status')
    return 'Check the address and the network, then run again: what was done is kept.';
  if (failure.status === 401 || failure.status === 403) return 'Check the key: the server refuses it.';
  if (isQuotaUsedUp(failure)) return 'The quota of the account is used up: look at its plan and its bill.';
  if (failure.status === 404) return 'Check the address and the name of the model.';
  if (failure.status === 429)
    return 'Lower the limits in embed.limits, or run again later: what was done is kept.';
  if (failure.status >= 300 && failure.status < 400)
    return 'Configure the address that it redirects to: a key is not sent where it was not meant for.';
  if (failure.status >= 500) return 'The server has a fault: run again later, what was done is kept.';
  return 'The server refuses the request: see its answer above.';
}

/** Never the whole address: a key may be in it. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the server';
}
