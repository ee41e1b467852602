/** Server-sent events: the state of the lake whenever it changes. One look serves all who listen; without listeners nobody looks. */
import { setInterval } from 'node:timers';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Lake } from '../lake/lake.ts';
import { lakeStatus } from '../run/status.ts';
import { shownStatus } from './status-report.ts';

export interface Events extends Disposable {
  /** Throws with exit code 75 where too many listen, or none is listened to any more. */
  refuseMore(): void;
  /** Text in the form of an event stream, until `close` is called. */
  listen(send: (text: string) => void, end: () => void): { close(): void };
}

const LOOK_MS = 1_000;
/** A comment, so that proxies do not take a quiet connection for a dead one. */
const ALIVE_MS = 15_000;
const MOST_LISTENERS = 100;

export function openEvents(lake: Lake, onError: (error: Error) => void): Events {
  const listeners = new Map<object, { send: (text: string) => void; end: () => void }>();
  let last: string | undefined;
  let timers: NodeJS.Timeout[] = [];
  let looking = false;
  const tell = (text: string) => {
    for (const { send } of listeners.values()) send(text);
  };
  const look = async () => {
    if (looking) return;
    looking = true;
    try {
      const text = `event: status\ndata: ${JSON.stringify(shownStatus(await lakeStatus(lake)))}\n\n`;
      if (text !== last) tell(text);
      last = text;
    } catch (error) {
      onError(error as Error);
    } finally {
      looking = false;
    }
  };
  const stop = () => {
    for (const timer of timers) clearInterval(timer);
    timers = [];
    last = undefined;
  };
  let isOver = false;
  return {
    refuseMore() {
      if (isOver || listeners.size >= MOST_LISTENERS) throw tooMany();
    },
    listen(send, end) {
      if (isOver) end();
      const one = {};
      listeners.set(one, { send, end });
      if (last !== undefined) send(last);
      if (timers.length === 0) {
        timers = [setInterval(look, LOOK_MS), setInterval(() => tell(': alive\n\n'), ALIVE_MS)];
        look();
      }
      return {
        close() {
          listeners.delete(one);
          if (listeners.size === 0) stop();
        },
      };
    },
    [Symbol.dispose]() {
      isOver = true;
      for (const { end } of listeners.values()) end();
      listeners.clear();
      stop();
    },
  };
}

function tooMany(): ThroughlineError {
  return new ThroughlineError('too many listen to events already', {
    code: 'overloaded',
    exitCode: EXIT.tryAgain,
    hint: 'Ask GET /v1/chunks now and then instead.',
  });
}
