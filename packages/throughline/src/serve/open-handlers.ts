/** Everything that answers, without the server in front of it. */
import type { Logger } from 'pino';
import type { LoadedConfig } from '../config/index.ts';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { OpenedThings } from '../opened-things.ts';
import type { Handlers } from './caller.ts';
import { createHandlers } from './handlers/index.ts';
import { openMetrics } from './metrics.ts';
import { openRetryJob } from './retry-job.ts';
import { openService, type Service } from './service.ts';

export interface OpenHandlersOptions {
  profile?: string | undefined;
  clock: () => number;
  env: NodeJS.ProcessEnv;
  logger: Logger;
}

export interface OpenHandlers extends AsyncDisposable {
  service: Service;
  handlers: Handlers;
  /** Ends what takes long, such as an edit of themes. */
  stop(): void;
}

/** Throws with exit code 66 where no index is promoted. */
export async function openHandlers(
  lake: Lake,
  loaded: LoadedConfig,
  { profile, clock, env, logger }: OpenHandlersOptions,
): Promise<OpenHandlers> {
  await using opened = new OpenedThings();
  const metrics = openMetrics();
  const tellVersions = async (index: string) => metrics.versions(index, (await readCurrent(lake)).themes);
  const service = opened.use(
    await openService(lake, loaded, {
      ...{ clock, env, metrics },
      onIndexChange(version) {
        logger.info({ index: version }, 'another index answers from now on');
        tellVersions(version).catch((error) => logger.warn({ err: error }, 'the themes are not known'));
      },
      onIndexError: (error) =>
        logger.warn({ err: error }, 'the promoted index does not open, or what is fresh'),
      onIncomplete: (error) => logger.warn({ err: error }, 'not all that streams have committed is searched'),
    }),
  );
  await tellVersions(service.searcher.manifest.version);
  metrics.watch(service.admission);
  metrics.watchFreshness(() => service.searcher.freshness(), clock);
  const retryJob = opened.use(openRetryJob({ config: loaded.file, profile, env, clock }));
  const stopping = new AbortController();
  const handlers = createHandlers(service, { retryJob, stopping: stopping.signal });
  const held = opened.move();
  return {
    ...{ service, handlers, stop: () => stopping.abort() },
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
}
