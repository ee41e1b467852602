/** Waiting that a signal ends. */

/** Until one of them is settled, or the signal comes. Leaves nothing behind at the signal, however often it is waited. */
export async function firstOf(promises: Iterable<Promise<unknown>>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = () => resolve();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([...promises, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
