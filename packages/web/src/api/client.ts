import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError, createClient } from 'throughline/client';
import { askForKey, readKey } from './key.ts';
import { mayRetry, retryDelay } from './retry.ts';

export const client = createClient({ key: readKey });

function onError(error: unknown): void {
  if (error instanceof ApiError && error.problem.status === 401) askForKey(true);
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: { retry: mayRetry, retryDelay, staleTime: 30_000, refetchOnWindowFocus: false },
    mutations: { retry: mayRetry, retryDelay },
  },
});
