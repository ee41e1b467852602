/** A counterpart that tests run against, or the reason why there is none. */
export type Engine<T> = ({ ok: true } & T) | { ok: false; reason: string };

/**
 * `find`'s engine; its error's first line is the reason why there is none.
 * With THROUGHLINE_REQUIRE_ENGINES=1 a missing engine is an error instead of a reason to skip.
 */
export async function engine<T extends object>(what: string, find: () => Promise<T>): Promise<Engine<T>> {
  try {
    return { ok: true, ...(await find()) };
  } catch (error) {
    const reason = `no ${what}: ${(error as Error).message.split('\n')[0]}`;
    if (process.env.THROUGHLINE_REQUIRE_ENGINES === '1') throw new Error(reason, { cause: error });
    return { ok: false, reason };
  }
}
