import { useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { isBusy } from './retry.ts';

/** Says that the server is busy while a request waits for its next try. */
export function BusyNotice() {
  const cache = useQueryClient().getQueryCache();
  const reason = useSyncExternalStore(
    (onChange) => cache.subscribe(onChange),
    () => {
      const waiting = cache
        .findAll({ fetchStatus: 'fetching' })
        .find(({ state }) => isBusy(state.fetchFailureReason));
      return waiting?.state.fetchFailureReason?.message;
    },
  );
  return (
    <div className="busy" role="status">
      {reason === undefined ? null : <p>{reason}. It is tried again by itself.</p>}
    </div>
  );
}
