/** Calls at once and then no more than once in each span of time; what was asked for in between is done at its end. */
export function atMostEvery(ms: number, act: () => void): { call(): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = false;
  const run = () => {
    asked = false;
    act();
    timer = setTimeout(() => {
      timer = undefined;
      if (asked) run();
    }, ms);
  };
  return {
    call() {
      if (timer === undefined) run();
      else asked = true;
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
      asked = false;
    },
  };
}
