import type { Caller, Handler } from '../caller.ts';

/** The same handlers, each of whose answers goes through `around`. */
export function aroundEach<H extends object>(
  handlers: H,
  around: <T>(caller: Caller, answer: () => Promise<T>) => Promise<T>,
): H {
  const wrapped = Object.entries(handlers).map(([name, handler]) => [
    name,
    ((request: never, caller) =>
      around(caller, () => (handler as Handler<'runs'>)(request, caller))) as Handler<'runs'>,
  ]);
  return Object.fromEntries(wrapped) as H;
}
