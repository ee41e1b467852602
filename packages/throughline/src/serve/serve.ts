/** Serves a lake until it is told to stop. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { durationMs, type LoadedConfig } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Lake } from '../lake/lake.ts';
import { OpenedThings } from '../opened-things.ts';
import { createApp } from './app.ts';
import { isLoopbackHost } from './authenticate.ts';
import { openEvents } from './events.ts';
import { openKeyring } from './keys/keyring.ts';
import { openHandlers } from './open-handlers.ts';
import { openTraces } from './traces.ts';

export interface ServeOptions {
  host: string;
  /** 0: any that is free. */
  port: number;
  profile?: string | undefined;
}

export interface ServeEffects {
  clock: () => number;
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

export interface Server extends AsyncDisposable {
  /** Such as `http://127.0.0.1:8080`. */
  url: string;
  /** Says no to `/readyz`, waits for `serve.drain`, answers what has been asked, and closes. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Throws with exit code 77 where others could ask without a key, and 66 where no index is promoted. */
export async function startServer(
  lake: Lake,
  loaded: LoadedConfig,
  { host, port, profile }: ServeOptions,
  { clock, env, logger }: ServeEffects,
): Promise<Server> {
  await using opened = new OpenedThings();
  const failed = (error: Error) => logger.warn({ err: error }, 'something in the background failed');
  const keyring = openKeyring(lake, { clock, onError: failed });
  const isLoopback = isLoopbackHost(host);
  if (!isLoopback && !(await keyring.hasKeys())) throw keysMissing(host);
  const { service, handlers, stop } = opened.use(
    await openHandlers(lake, loaded, { profile, clock, env, logger }),
  );
  const events = opened.use(openEvents(lake, failed));
  const traces = await openTraces(env);
  if (traces) opened.use(traces);
  let ready = true;
  const isReady = () => ready;
  const app = await createApp({ service, handlers, events, traces, logger, keyring, isLoopback, isReady });
  opened.defer(() => app.close());
  await app.listen({ host, port });
  const held = opened.move();
  return {
    url: app.listeningOrigin,
    async [Symbol.asyncDispose]() {
      ready = false;
      const { drain } = loaded.config.serve;
      if (drain !== undefined) await sleep(durationMs(drain));
      // They never end by themselves, and closing waits for what has been asked.
      events[Symbol.dispose]();
      stop();
      await held[Symbol.asyncDispose]();
    },
  };
}

function keysMissing(host: string): ThroughlineError {
  return new ThroughlineError(`${host} can be reached by others, and nobody has made a key`, {
    code: 'keys_missing',
    exitCode: EXIT.permission,
    hint: 'Make one first: throughline serve keys create NAME. Or listen on 127.0.0.1.',
  });
}
