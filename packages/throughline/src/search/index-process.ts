/** A process that works on an index for another one: takes one request, tells its progress, and answers once. */
import { asThroughlineError, type ExitCode } from '../error.ts';

export type ProcessAnswer<Result> =
  | { type: 'progress'; passages: number }
  | { type: 'done'; result: Result }
  | { type: 'failed'; message: string; code: string; exitCode: ExitCode; hint: string | undefined };

/** Answers the parent's request with what `work` gives. Its memory and its crashes stay in this process. */
export function answerOnce<Request, Result>(
  work: (request: Request, progress: (passages: number) => void) => Promise<Result>,
): void {
  const answer = (message: ProcessAnswer<Result>) => process.send!(message);
  const last = (message: ProcessAnswer<Result>) => {
    answer(message);
    process.off('disconnect', leave);
    process.disconnect();
  };
  process.once('message', (request: Request) => {
    work(request, (passages) => answer({ type: 'progress', passages })).then(
      (result) => last({ type: 'done', result }),
      (error) => {
        const { message, code, exitCode, hint } = asThroughlineError(error);
        last({ type: 'failed', message, code, exitCode, hint });
      },
    );
  });
  // The parent may be gone: then nobody wants the answer.
  process.once('disconnect', leave);
}

function leave(): void {
  process.exit(1);
}
