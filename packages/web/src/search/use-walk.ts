import type { RefObject } from 'react';
import { useKeys } from '../ui/use-keys.ts';
import type { Go } from './search-page.tsx';
import type { SearchState } from './search-state.ts';
import type { Hit } from './use-search.ts';

/** Arrows, j and k walk through the hits; where a record is open the next one opens in its place. Escape closes it. */
export function useWalk(hits: readonly Hit[], state: SearchState, go: Go, walked: RefObject<boolean>): void {
  const links = () => Array.from(document.querySelectorAll<HTMLElement>('[data-hit]'));
  const step = (by: 1 | -1) => {
    const all = links();
    const focused = all.indexOf(document.activeElement as HTMLElement);
    const opened = hits.findIndex(({ recordId }) => recordId === state.record);
    const from = focused >= 0 ? focused : opened;
    const to = from < 0 && by < 0 ? -1 : from + by;
    const hit = hits[to];
    if (hit === undefined) return false;
    all[to]?.focus();
    all[to]?.closest('li')?.scrollIntoView({ block: 'nearest' });
    if (state.record !== undefined) {
      walked.current = true;
      go({ record: hit.recordId, passage: hit.passageId }, { replace: true });
    }
    return true;
  };
  /** Arrows scroll what is read: they walk only where a hit has the focus. */
  const onHit = (by: 1 | -1) => () => (document.activeElement?.matches('[data-hit]') ? step(by) : false);
  useKeys({ j: () => step(1), k: () => step(-1), ArrowDown: onHit(1), ArrowUp: onHit(-1) });
}
