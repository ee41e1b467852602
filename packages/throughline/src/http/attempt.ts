import { InvalidResponseError, TransportError } from './errors.ts';
import { retryAfterMs } from './retry-after.ts';
import type { Answer, Checked, Effects, HttpRequest, HttpResponse } from './types.ts';

/** Turns a response into what was asked for. Throws InvalidResponseError where it is not that. */
export type Check<T> = (response: HttpResponse) => Checked<T>;

const MOST_MESSAGE_LENGTH = 2000;

/**
 * One try. Whatever the server or the network does is an answer; only an abort, or a fault of `check` itself, is thrown.
 */
export async function attempt<T>(
  request: HttpRequest,
  check: Check<T>,
  timeoutMs: number,
  effects: Pick<Effects, 'transport' | 'wallClock'>,
  signal?: AbortSignal,
): Promise<Answer<T>> {
  try {
    const response = await effects.transport(request, timeoutMs, signal);
    if (response.status < 200 || response.status > 299)
      return refusal(request, response, effects.wallClock());
    return { ok: true, ...check(response) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof TransportError)
      return { ok: false, failure: { kind: error.kind, message }, paid: error.reached };
    if (error instanceof InvalidResponseError)
      return { ok: false, failure: { kind: 'invalid', message, about: error.about }, paid: true };
    throw error;
  }
}

function refusal(request: HttpRequest, response: HttpResponse, wallClock: number): Answer<never> {
  const said = Buffer.from(response.body).toString('utf8').slice(0, MOST_MESSAGE_LENGTH);
  return {
    ok: false,
    failure: { kind: 'status', status: response.status, body: withoutSecrets(said, request) },
    askedMs: retryAfterMs(response.headers, wallClock),
    paid: false,
  };
}

/** Shorter values are no keys: `true`, `gzip`, `json`. */
const LEAST_KEY_LENGTH = 8;

/** Some servers repeat the key that they do not know. */
function withoutSecrets(said: string, { headers }: HttpRequest): string {
  return Object.entries(headers)
    .filter(([name]) => name !== 'content-type' && name !== 'accept')
    .flatMap(([, value]) => value.split(/\s+/))
    .filter((secret) => secret.length >= LEAST_KEY_LENGTH)
    .reduce((text, secret) => text.replaceAll(secret, '***'), said);
}
