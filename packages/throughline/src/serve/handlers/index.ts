import type { Handlers } from '../caller.ts';
import type { RetryJob } from '../retry-job.ts';
import type { Service } from '../service.ts';
import { aboutHandler } from './about.ts';
import { operationHandlers } from './operations.ts';
import { searchHandlers } from './search.ts';
import { themeHandlers } from './themes.ts';

export interface HandlerEffects {
  retryJob: RetryJob;
  /** Ends what takes long, such as an edit of themes, when the server stops. */
  stopping: AbortSignal;
}

export function createHandlers(service: Service, { retryJob, stopping }: HandlerEffects): Handlers {
  return {
    about: aboutHandler(service),
    ...searchHandlers(service),
    ...themeHandlers(service, stopping),
    ...operationHandlers(service, retryJob),
  };
}
