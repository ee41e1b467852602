import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { AnswerOf } from 'throughline/api';
import { ApiError } from 'throughline/client';
import { atMostEvery } from './at-most-every.ts';
import { client } from './client.ts';
import { reconnectDelay } from './reconnect.ts';

/** `refused`: the key may not hear of the whole lake. */
export type Live = 'connecting' | 'live' | 'lost' | 'refused';
export type Status = Omit<AnswerOf<'chunks'>, 'chunks'>;

/** What the state of the lake is told by in full. */
const LISTS = ['runs', 'chunks', 'deadLetters', 'index', 'quality'];
/** A run changes the state every second; its lists may be long. */
const REFRESH_MS = 3_000;

/** The server's `status` events; they make the lists of runs and chunks be asked for again. */
export function useLiveStatus(): { live: Live; status: Status | undefined } {
  const queries = useQueryClient();
  const [live, setLive] = useState<Live>('connecting');
  const [status, setStatus] = useState<Status>();
  useEffect(() => {
    const end = new AbortController();
    const refresh = atMostEvery(REFRESH_MS, () => {
      for (const name of LISTS) void queries.invalidateQueries({ queryKey: [name] });
    });
    void follow(end.signal, setLive, (data) => {
      setStatus(data);
      refresh.call();
    });
    return () => {
      end.abort();
      refresh.stop();
    };
  }, [queries]);
  return { live, status };
}

async function follow(signal: AbortSignal, onLive: (live: Live) => void, onStatus: (status: Status) => void) {
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const { event, data } of client.events(signal)) {
        failures = 0;
        onLive('live');
        if (event === 'status') onStatus(data as Status);
      }
    } catch (error) {
      if (signal.aborted) return;
      // Who is refused now will be refused later.
      if (error instanceof ApiError && error.problem.status < 500 && error.problem.status !== 429)
        return onLive('refused');
    }
    if (signal.aborted) return;
    failures++;
    onLive('lost');
    await new Promise((resolve) => setTimeout(resolve, reconnectDelay(failures)));
  }
}
