import { apiRequest } from './api-request.ts';
import type { Rule } from './rule.ts';

export const noTimeout: Rule = {
  id: 'no-timeout',
  severity: 'error',
  title: 'a request to an API without a timeout',
  why: 'A connection that hangs holds the run for ever: nothing fails, nothing is retried, nobody is told.',
  fix: '`embed: { requests: { timeout: 30s } }`; in the notebook, give `timeout=30`.',
  *check(analysis) {
    for (const call of analysis.calls) {
      const request = apiRequest(call, analysis);
      if (!request || request.hasTimeout) continue;
      const { what, defaultTimeout } = request;
      if (defaultTimeout === undefined) yield { at: call.node, message: `\`${what}\` has no timeout` };
      else if (defaultTimeout >= 600)
        yield {
          at: call.node,
          message: `\`${what}\` has no timeout of its own: the library waits ${defaultTimeout / 60} minutes for each try`,
        };
    }
  },
};
