/** A client for programs and for the web page: typed by the schemas that the server validates with. */
export { themeTree } from './theme-tree.ts';

import { EVENTS_PATH, type Operation, PATHS } from './paths.ts';
import type { Problem } from './problem.ts';
import type { AnswerOf, RequestOf } from './routes.ts';

export interface ClientOptions {
  /** Such as `https://throughline.example.org`; the page's own server unless told. */
  baseUrl?: string;
  /** Asked before each request, so that a key may be entered or changed. */
  key?: () => string | undefined;
  fetch?: typeof globalThis.fetch;
}

export type CallOptions<O extends Operation> = RequestOf<O> & { signal?: AbortSignal | undefined };

type RequiredKeys<T> = { [K in keyof T]-?: T extends Record<K, T[K]> ? K : never }[keyof T];

/** An operation of which nothing has to be said may be called without anything. */
type Arguments<O extends Operation> =
  RequiredKeys<RequestOf<O>> extends never ? [options?: CallOptions<O>] : [options: CallOptions<O>];

export interface Client {
  /** Throws ApiError where the server refuses or fails, and TypeError where it is not reached. */
  call<O extends Operation>(operation: O, ...options: Arguments<O>): Promise<AnswerOf<O>>;
  /** `status` events until the signal ends it; throws as `call`. */
  events(signal: AbortSignal): AsyncGenerator<{ event: string; data: unknown }>;
}

export class ApiError extends Error {
  readonly problem: Problem;
  /** Seconds to wait before trying again, where the server says so. */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, retryAfter: number | undefined) {
    super(problem.detail);
    this.name = 'ApiError';
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

interface Parts {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  signal?: AbortSignal;
}

export function createClient({ baseUrl = '', key, fetch = globalThis.fetch }: ClientOptions = {}): Client {
  const request = async (method: string, path: string, { body, signal }: Parts): Promise<Response> => {
    const secret = key?.();
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
        ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      },
      ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
      ...(signal === undefined ? {} : { signal }),
    });
    if (!response.ok) throw await apiError(response);
    return response;
  };
  return {
    async call<O extends Operation>(operation: O, ...[options]: Arguments<O>) {
      const [method, path] = PATHS[operation];
      const parts = (options ?? {}) as Parts;
      const response = await request(method, addressOf(path, parts), parts);
      return (await response.json()) as AnswerOf<O>;
    },
    async *events(signal) {
      const { body } = await request('GET', EVENTS_PATH, { signal });
      yield* readEvents(body!);
    },
  };
}

function addressOf(path: string, { params = {}, query = {} }: Parts): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? filled : `${filled}?${search}`;
}

async function apiError(response: Response): Promise<ApiError> {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const problem = await response.json().catch(() => ({
    ...{ type: 'about:blank', title: response.statusText, status: response.status, code: 'unreadable' },
    detail: `the server answered ${response.status} without a reason`,
    requestId: response.headers.get('x-request-id') ?? '',
  }));
  return new ApiError(problem as Problem, Number.isFinite(seconds) ? seconds : undefined);
}

/** Server-sent events (WHATWG HTML, section 9.2): `event` and one line of `data` each; comments keep a connection alive. */
async function* readEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<{ event: string; data: unknown }> {
  let rest = '';
  for await (const part of partsOf(body)) {
    const blocks = (rest + part).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const data = field('data');
      if (data !== undefined) yield { event: field('event') ?? 'message', data: JSON.parse(data) };
    }
  }
}

/** By a reader: Safari's streams are not iterable. */
async function* partsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const text = new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>;
  const reader = body.pipeThrough(text).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
