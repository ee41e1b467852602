import type { Handlers } from '../caller.ts';
import type { RetryJob } from '../retry-job.ts';
import type { Service } from '../service.ts';
import { aboutHandler } from './about.ts';
import { operationHandlers } from './operations.ts';
import { readingInTurn } from './reading-in-turn.ts';
import { searchHandlers } from './search.ts';
import { themeHandlers } from './themes.ts';

export interface HandlerEffects {
  retryJob: RetryJob;
  /** Ends what takes long, such as an edit of themes, when the server stops. */
  stopping: AbortSignal;
}

export function createHandlers(service: Service, { retryJob, stopping }: HandlerEffects): Handlers {
  const { record, ...search } = searchHandlers(service);
  const { editThemes, ...themes } = themeHandlers(service, stopping);
  return {
    about: aboutHandler(service),
    ...search,
    ...readingInTurn({ record, ...themes, ...operationHandlers(service, retryJob) }, service),
    // It takes as long as it takes, and is an administrator's.
    editThemes,
  };
}
