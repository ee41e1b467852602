/** A request that may be sent again: same bytes, same meaning. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** Names in small letters. Their values are never logged, also not where a server repeats them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** About how many tokens the server will count; for limits and budget. */
  readonly tokens?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a checked response is worth. */
export interface Checked<T> {
  readonly value: T;
  /** What the server says it counted; the request's own estimate stands unless given. */
  readonly tokens?: number | undefined;
}

export interface HttpPolicy {
  /** For connection and headers together, and for every pause between two pieces of the body. */
  readonly timeoutMs: number;
  /** Further tries after the first. */
  readonly retries: number;
  readonly backoff: { readonly firstMs: number; readonly factor: number; readonly mostMs: number };
  /** For all tries of a request together, from its first turn: waiting in line for that one is not counted. */
  readonly deadlineMs: number;
  /** Absent is unlimited. */
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  /** How many processes share these limits: each takes its part. */
  readonly processes: number;
  /** Requests under way at once: it starts at `start` and finds what the server bears. */
  readonly concurrency: { readonly start: number; readonly most: number };
  /** So many failures one after the other, of any request, stop all for `pauseMs`; then one tries alone. */
  readonly breaker: { readonly failures: number; readonly pauseMs: number };
  readonly budget: Budget;
}

/** Absent is unlimited. */
export interface Budget {
  readonly requests?: number;
  readonly tokens?: number;
  /** In the currency of `pricePerMillionTokens`. */
  readonly money?: number;
  readonly pricePerMillionTokens?: number;
}

/** Why a try failed. */
export type Failure =
  | { readonly kind: 'status'; readonly status: number; readonly body: string }
  | { readonly kind: 'timeout' | 'connection'; readonly message: string }
  | {
      readonly kind: 'invalid';
      readonly message: string;
      /** What is asked may be the cause, or it would be the same whatever is asked. */
      readonly about: 'request' | 'endpoint';
    };

/** How one try ended. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T; readonly tokens?: number | undefined }
  | {
      readonly ok: false;
      readonly failure: Failure;
      /** How long the server asks to wait. */
      readonly askedMs?: number | undefined;
      /** The server may have done the work, and may charge for it. */
      readonly paid: boolean;
    };

/** What the client decided, told once each. */
export type HttpEvent =
  | { readonly type: 'retry'; readonly attempt: number; readonly delayMs: number; readonly failure: Failure }
  | { readonly type: 'gave-up'; readonly attempts: number; readonly failure: Failure }
  /** Nobody sends anything for so long. */
  | { readonly type: 'paused'; readonly ms: number }
  | { readonly type: 'breaker'; readonly state: 'open' | 'half-open' | 'closed' }
  | { readonly type: 'concurrency'; readonly limit: number }
  /** Nothing more is sent. */
  | { readonly type: 'budget'; readonly message: string };

export interface HttpStats {
  /** Tries, not calls. */
  readonly requests: number;
  readonly retries: number;
  /** By status, or by kind where there is none. */
  readonly failures: Readonly<Record<string, number>>;
  readonly tokens: number;
  readonly money: number;
}

/** The outside world. Times are milliseconds; `now` never goes back, `wallClock` is since the epoch. */
export interface Effects {
  now(): number;
  wallClock(): number;
  /** From 0 up to, but not including, 1. */
  random(): number;
  /** Rejects with the reason of an abort. May end early: who waits looks at the clock again. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Throws TransportError, or the reason of an abort. */
  transport(request: HttpRequest, timeoutMs: number, signal?: AbortSignal): Promise<HttpResponse>;
}
