/** Works on indexes for another process, one request after another, until that closes it. Started by `open-index-process.ts`. */
import { asThroughlineError, type ExitCode } from '../error.ts';
import type { BuildRequest, Built } from './build-collection.ts';
import type { Verification } from './verify/verify-index.ts';
import type { VerifyRequest } from './verify-collection.ts';

/** What can be asked, and what the answer is. */
export interface IndexWork {
  build: { request: BuildRequest; result: Built };
  verify: { request: VerifyRequest; result: Verification };
}

export type ProcessRequest<What extends keyof IndexWork = keyof IndexWork> = {
  [Each in What]: { what: Each; request: IndexWork[Each]['request'] };
}[What];

export type ProcessAnswer<What extends keyof IndexWork = keyof IndexWork> =
  | { type: 'progress'; passages: number }
  | { type: 'done'; result: IndexWork[What]['result'] }
  | { type: 'failed'; message: string; code: string; exitCode: ExitCode; hint: string | undefined };

const answer = (message: ProcessAnswer) => process.send!(message);

process.on('message', (asked: ProcessRequest) => {
  work(asked).then(
    (result) => answer({ type: 'done', result }),
    (error) => {
      const { message, code, exitCode, hint } = asThroughlineError(error);
      answer({ type: 'failed', message, code, exitCode, hint });
    },
  );
});

/** What it takes is loaded when it is asked for: a build needs half of the modules of a verification. */
async function work(asked: ProcessRequest): Promise<Built | Verification> {
  if (asked.what === 'verify')
    return await (await import('./verify-collection.ts')).verifyCollection(asked.request);
  const { buildCollection } = await import('./build-collection.ts');
  return await buildCollection(asked.request, (passages) => answer({ type: 'progress', passages }));
}

// Whoever asked has what it wanted, or is gone: then nobody wants the answer.
process.once('disconnect', () => process.exit());
