/** Texts of equal length go into a model together without padding. Empty lists are dropped. */
export interface LengthQueue<T> {
  readonly size: number;
  push(length: number, item: T): void;
  /**
   * The item that has waited longest, and with it others of its length in their order, `budget` tokens at most but
   * always one item. Undefined when nothing waits.
   */
  take(budget: number): { readonly length: number; readonly items: T[] } | undefined;
  /** Drops the items for which `gone` holds and returns how many they were. */
  drop(gone: (item: T) => boolean): number;
}

export function lengthQueue<T>(): LengthQueue<T> {
  const byLength = new Map<number, { since: number; item: T }[]>();
  let pushed = 0;
  let size = 0;
  return {
    get size() {
      return size;
    },
    push(length, item) {
      const waiting = byLength.get(length);
      const entry = { since: pushed++, item };
      if (waiting) waiting.push(entry);
      else byLength.set(length, [entry]);
      size++;
    },
    take(budget) {
      let length = -1;
      let oldest = Number.POSITIVE_INFINITY;
      for (const [candidate, [first]] of byLength) {
        if (first!.since >= oldest) continue;
        oldest = first!.since;
        length = candidate;
      }
      const waiting = byLength.get(length);
      if (!waiting) return undefined;
      const items = waiting.splice(0, Math.max(1, Math.floor(budget / length))).map((entry) => entry.item);
      if (waiting.length === 0) byLength.delete(length);
      size -= items.length;
      return { length, items };
    },
    drop(gone) {
      let dropped = 0;
      for (const [length, waiting] of byLength) {
        const kept = waiting.filter((entry) => !gone(entry.item));
        dropped += waiting.length - kept.length;
        if (kept.length > 0) byLength.set(length, kept);
        else byLength.delete(length);
      }
      size -= dropped;
      return dropped;
    },
  };
}
