import { apiRequest } from './api-request.ts';
import { isRetried } from './retried.ts';
import type { Rule } from './rule.ts';

export const noRetry: Rule = {
  id: 'no-retry',
  severity: 'warning',
  title: 'a request to an API that is tried only once',
  why: 'Every service refuses or drops some requests; one of a million ends the run, and what was paid for is lost.',
  fix: '`embed:` with a hosted model retries with growing, spread waits, keeps what succeeded, and pays for no text twice.',
  *check(analysis) {
    for (const call of analysis.calls) {
      const request = apiRequest(call, analysis);
      if (request && !request.retries && !isRetried(call.node, analysis))
        yield { at: call.node, message: `\`${request.what}\` is not tried again when it fails` };
    }
  },
};
