import type { Handler } from '../caller.ts';
import { timedOut, withDeadline } from '../deadline.ts';
import type { Service } from '../service.ts';

/** The same handlers, of which only a few work at once; who waits for too long is told so. */
export function readingInTurn<H extends object>(
  handlers: H,
  { reading, timeoutMs }: Pick<Service, 'reading' | 'timeoutMs'>,
): H {
  const turned = Object.entries(handlers).map(([name, handler]) => [
    name,
    ((request: never, caller) => {
      const patience = AbortSignal.timeout(timeoutMs);
      const answer = reading.admit(() => (handler as Handler<'runs'>)(request, caller), patience);
      return withDeadline(
        timeoutMs,
        answer.catch((error) => {
          throw error === patience.reason ? timedOut(timeoutMs) : error;
        }),
      );
    }) as Handler<'runs'>,
  ]);
  return Object.fromEntries(turned) as H;
}
