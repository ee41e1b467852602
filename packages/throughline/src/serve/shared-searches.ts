/** Searches that come in while an equal one is being answered wait for its answer; all others are admitted one by one. */
import type { Asking, SearchResult } from '../search/index.ts';
import type { Caller } from './caller.ts';
import { admitPatiently, withDeadline } from './deadline.ts';
import type { Service } from './service.ts';

export type SharedSearches = (
  question: readonly unknown[],
  caller: Caller,
  ask: (asking: Asking) => Promise<SearchResult>,
) => Promise<SearchResult>;

/** Equal are questions of the same body, to the same index, of the same part of the records. */
export function sharedSearches({ searcher, admission, metrics, timeoutMs }: Service): SharedSearches {
  const underWay = new Map<string, Promise<SearchResult>>();
  return (question, { access: { within }, onParts }, ask) => {
    const name = JSON.stringify([...question, within ?? null, searcher.manifest.version]);
    const there = underWay.get(name);
    metrics.shared(there ? 'hit' : 'miss');
    if (there) return withDeadline(timeoutMs, there);
    const onTimings = (parts: Readonly<Record<string, number>>) => {
      metrics.parts(parts);
      onParts?.(parts);
    };
    const answer = admitPatiently(admission, timeoutMs, () => ask({ within, onTimings }));
    underWay.set(name, answer);
    const forget = () => underWay.delete(name);
    answer.then(forget, forget);
    return withDeadline(timeoutMs, answer);
  };
}
