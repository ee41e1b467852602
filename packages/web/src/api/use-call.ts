/** Operations of the API as hooks. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AnswerOf, Operation, RequestOf } from 'throughline/api';
import { client } from './client.ts';

interface CallState<A> {
  /** False leaves the call out, for now. */
  enabled?: boolean;
  /** Shows the answer before while a new one is under way. */
  keep?: boolean;
  /** Asks again after so many milliseconds, as long as it is told to by the answer before. */
  again?: { after: number; while: (answer: A) => boolean };
}

/** Reads. Equal calls are made once and shared. */
export function useCall<O extends Operation>(
  operation: O,
  request: RequestOf<O>,
  { enabled = true, keep, again }: CallState<AnswerOf<O>> = {},
) {
  return useQuery<AnswerOf<O>>({
    queryKey: [operation, request],
    queryFn: ({ signal }) => call(operation, request, signal),
    enabled,
    ...(keep ? { placeholderData: keepPreviousData } : {}),
    ...(again === undefined
      ? {}
      : { refetchInterval: ({ state: { data } }) => (data && again.while(data) ? again.after : false) }),
  });
}

/** Changes something; what `stale` names is asked for again afterwards. */
export function useChange<O extends Operation>(operation: O, stale: readonly Operation[] = []) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (request: RequestOf<O>) => call(operation, request),
    // Not awaited: whoever changed something goes on at once, perhaps to another page.
    onSuccess: () => {
      for (const name of stale) void queries.invalidateQueries({ queryKey: [name] });
    },
  });
}

/** As `client.call`, with the parts of the request in one object whatever the operation has. */
export function call<O extends Operation>(
  operation: O,
  request: RequestOf<O>,
  signal?: AbortSignal,
): Promise<AnswerOf<O>> {
  const made = client.call as (operation: O, options: object) => Promise<AnswerOf<O>>;
  return made(operation, { ...request, signal });
}
