/** Work of this process on one file, that reads it, thinks, and writes it: one after the other, so that none writes over what another has written. */

/** The end of the last work by what it is on; only of what is under way. */
const lasts = new Map<string, Promise<void>>();

/** Gives what `work` gives, or throws what it throws, once all before it on the same `key` has ended, well or not. */
export function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const turn = (lasts.get(key) ?? Promise.resolve()).then(work);
  const last = turn
    .then(
      () => {},
      () => {},
    )
    .finally(() => {
      if (lasts.get(key) === last) lasts.delete(key);
    });
  lasts.set(key, last);
  return turn;
}
