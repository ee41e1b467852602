/** So many pieces of work at once; the others wait in their order. */
export interface Turns {
  take<T>(work: () => Promise<T>): Promise<T>;
}

export function openTurns(most: number): Turns {
  const waiting: (() => void)[] = [];
  let taken = 0;
  return {
    take: async (work) => {
      if (taken < most) taken++;
      else await new Promise<void>((go) => waiting.push(go)); // the place is handed on
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else taken--;
      }
    },
  };
}
