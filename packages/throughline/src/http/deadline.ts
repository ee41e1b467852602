import type { Effects } from './types.ts';

/** A time that ends every wait, like an abort. It runs from `start`; before, only the caller's own signal counts. */
export interface Deadline {
  /** Aborted with the caller's reason, or with `passed`. */
  readonly signal: AbortSignal;
  readonly passed: Error;
  /** The second time it does nothing. */
  start(): void;
  leftMs(): number;
  /** Afterwards no timer and no listener is left. */
  stop(): void;
}

export function openDeadline(
  ms: number,
  { now, sleep }: Pick<Effects, 'now' | 'sleep'>,
  outer?: AbortSignal,
): Deadline {
  const [within, timer] = [new AbortController(), new AbortController()];
  const passed = new Error(`the deadline of ${ms / 1000} s has passed`);
  let until: number | undefined;
  const cancel = () => within.abort(outer?.reason);
  outer?.addEventListener('abort', cancel, { once: true });
  if (outer?.aborted) cancel();

  const expire = async () => {
    for (let left = ms; left > 0; left = until! - now()) await sleep(left, timer.signal);
    within.abort(passed);
  };
  return {
    signal: within.signal,
    passed,
    start: () => {
      if (until !== undefined) return;
      until = now() + ms;
      expire().catch(() => {}); // stopped
    },
    leftMs: () => (until === undefined ? ms : until - now()),
    stop: () => {
      timer.abort();
      outer?.removeEventListener('abort', cancel);
    },
  };
}
