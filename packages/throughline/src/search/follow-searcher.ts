/** A searcher that goes over to each index as it is promoted, for programs that run for days. */
import { setInterval } from 'node:timers';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { openSearcher, type Searcher, type SearcherOptions } from './searcher.ts';

export interface FollowOptions extends Omit<SearcherOptions, 'version'> {
  /** Milliseconds between two looks at what is promoted; 1,000 unless told. */
  everyMs?: number;
  /** Told the version that answers from now on. */
  onChange?: (version: string) => void;
  /** Told why the promoted version could not be looked up or opened. The one before it answers on, and the next look tries again. */
  onError?: (error: Error) => void;
}

const EVERY_MS = 1_000;

/**
 * Opens the promoted index, and from then on each that is promoted after it, at most `everyMs` later. A question is answered by one
 * version from its beginning to its end; a version is closed after its last answer. For that time two are open. Throws as
 * `openSearcher` does where there is none to begin with.
 */
export async function followSearcher(
  lake: Lake,
  { everyMs = EVERY_MS, onChange, onError, ...options }: FollowOptions = {},
): Promise<Searcher> {
  let current = inUse(await openSearcher(lake, options));
  const look = async () => {
    const { index } = await readCurrent(lake);
    if (index === undefined || index === current.searcher.manifest.version) return;
    const before = current;
    current = inUse(await openSearcher(lake, { ...options, version: index }));
    onChange?.(index);
    await before.close();
  };
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look()
      .catch((error) => onError?.(error))
      .finally(() => {
        looking = undefined;
      });
  }, everyMs);
  return {
    get manifest() {
      return current.searcher.manifest;
    },
    search: (request) => current.use((searcher) => searcher.search(request)),
    similar: (request) => current.use((searcher) => searcher.similar(request)),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await looking;
      await current.close();
    },
  };
}

interface InUse {
  readonly searcher: Searcher;
  use<T>(ask: (searcher: Searcher) => Promise<T>): Promise<T>;
  /** Waits for the questions that are being answered. No other may be asked. */
  close(): Promise<void>;
}

function inUse(searcher: Searcher): InUse {
  const asked = new Set<Promise<unknown>>();
  return {
    searcher,
    use(ask) {
      const answer = ask(searcher);
      asked.add(answer);
      const forget = () => asked.delete(answer);
      answer.then(forget, forget);
      return answer;
    },
    async close() {
      await Promise.allSettled(asked);
      await searcher[Symbol.asyncDispose]();
    },
  };
}
