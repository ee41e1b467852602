import type { Handlers } from '../caller.ts';
import { admitPatiently, withDeadline } from '../deadline.ts';
import type { RetryJob } from '../retry-job.ts';
import type { Service } from '../service.ts';
import { aboutHandler } from './about.ts';
import { aroundEach } from './around-each.ts';
import { operationHandlers } from './operations.ts';
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
  const { promoteIndex, rollBackIndex, retryDeadLetters, ...operations } = operationHandlers(
    service,
    retryJob,
  );
  const { reading, timeoutMs } = service;
  return {
    about: aboutHandler(service),
    ...search,
    // Each reads tables: a few at once, and who waits for too long is told so.
    ...aroundEach({ record, ...themes, ...operations }, (_, answer) =>
      withDeadline(timeoutMs, admitPatiently(reading, timeoutMs, answer)),
    ),
    // What changes something takes as long as it takes: told that it is late, somebody would do it twice.
    ...{ editThemes, promoteIndex, rollBackIndex, retryDeadLetters },
  };
}
