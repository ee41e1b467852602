import { TransportError } from './errors.ts';
import type { HttpRequest, HttpResponse } from './types.ts';

const MOST_BODY_BYTES = 256 * 1024 * 1024;
/** An answer of 2,048 vectors is 60 MB of JSON: with the default timeout it may come at 4 Mbit/s. */
const TIMEOUTS_OF_A_BODY = 4;

/**
 * Sends the request once. `timeoutMs` is for connection and headers together, and again for every pause in the body;
 * four times that is for the whole body, so that one that drips for ever ends as well. Redirects are not followed:
 * they would carry the key elsewhere. Throws TransportError; an abort by `signal` throws its reason.
 */
export async function transport(
  request: HttpRequest,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<HttpResponse> {
  const watch = openWatch(timeoutMs, signal);
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      redirect: 'manual',
      signal: watch.signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const body = await bodyOf(response, watch, timeoutMs);
    return { status: response.status, headers: Object.fromEntries(response.headers), body };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TransportError) throw error;
    if (watch.signal.aborted)
      throw new TransportError('timeout', true, `nothing came for ${timeoutMs / 1000} s`, { cause: error });
    throw connectionError(error);
  } finally {
    watch.stop();
  }
}

async function bodyOf(response: Response, watch: Watch, timeoutMs: number): Promise<Uint8Array> {
  const endsAt = performance.now() + timeoutMs * TIMEOUTS_OF_A_BODY;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  watch.restart();
  for await (const piece of response.body ?? []) {
    watch.restart();
    pieces.push(piece);
    bytes += piece.byteLength;
    if (bytes > MOST_BODY_BYTES)
      throw new TransportError('connection', true, `the answer is over ${MOST_BODY_BYTES} bytes`);
    if (performance.now() > endsAt) throw new TransportError('timeout', true, 'the answer does not end');
  }
  return Buffer.concat(pieces);
}

interface Watch {
  signal: AbortSignal;
  restart(): void;
  stop(): void;
}

function openWatch(timeoutMs: number, outer?: AbortSignal): Watch {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, timeoutMs);
  outer?.addEventListener('abort', abort, { once: true });
  if (outer?.aborted) abort();
  return {
    signal: controller.signal,
    restart: () => timer.refresh(),
    stop: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
    },
  };
}

/** Nothing was sent to a server that was never found. */
const NOT_REACHED = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

/** fetch says "fetch failed" or "terminated"; what happened is in the cause. */
function connectionError(error: unknown): TransportError {
  const cause = (error as Error).cause as (Error & { code?: string }) | undefined;
  const code = cause?.code ?? '';
  const message = cause?.message || (error as Error).message;
  return new TransportError(
    /^UND_ERR_\w+_TIMEOUT$/.test(code) ? 'timeout' : 'connection',
    !NOT_REACHED.includes(code),
    code === '' ? message : `${message} (${code})`,
    { cause: error },
  );
}
