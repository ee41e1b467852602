/** Searches that come in while an equal one is being answered wait for its answer; all others are admitted one by one. */
import type { Asking, SearchResult } from '../search/index.ts';
import type { Access } from './access.ts';
import { withDeadline } from './deadline.ts';
import type { Service } from './service.ts';

export type SharedSearches = (
  question: readonly unknown[],
  access: Access,
  ask: (asking: Asking) => Promise<SearchResult>,
) => Promise<SearchResult>;

/** Equal are questions of the same body, to the same index, of the same part of the records. */
export function sharedSearches({ searcher, admission, metrics, timeoutMs }: Service): SharedSearches {
  const underWay = new Map<string, Promise<SearchResult>>();
  return (question, { within }, ask) => {
    const name = JSON.stringify([...question, within ?? null, searcher.manifest.version]);
    const there = underWay.get(name);
    metrics.shared(there ? 'hit' : 'miss');
    if (there) return withDeadline(timeoutMs, there);
    const answer = admission.admit(() => ask({ within, onTimings: metrics.parts }));
    underWay.set(name, answer);
    const forget = () => underWay.delete(name);
    answer.then(forget, forget);
    return withDeadline(timeoutMs, answer);
  };
}
