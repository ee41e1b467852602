/**
 * Applies `work` to items as they come, up to `depth` at a time, and gives results in the order of the items.
 * Bounded: an item is taken only when fewer than `depth` results wait. The first error ends everything.
 */
export async function* concurrent<T, R>(
  items: AsyncIterable<T>,
  depth: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const pending: Promise<R>[] = [];
  const iterator = items[Symbol.asyncIterator]();
  let exhausted = false;
  try {
    for (;;) {
      while (!exhausted && pending.length < depth) {
        const { done, value } = await iterator.next();
        if (done) exhausted = true;
        else {
          const result = work(value);
          // Handled when its turn comes; until then it must not count as unhandled.
          result.catch(() => {});
          pending.push(result);
        }
      }
      const next = pending.shift();
      if (!next) return;
      yield await next;
    }
  } finally {
    await iterator.return?.();
    await Promise.allSettled(pending);
  }
}
