/** A searcher that goes over to each index as it is promoted, and sees what streams commit, for programs that run for days. */
import { setInterval } from 'node:timers';
import { type Lake, readCurrent } from '../lake/lake.ts';
import { openEmbedder } from '../model/index.ts';
import type { Reranking } from '../rerank/index.ts';
import type { FreshReport } from './fresh/open-fresh.ts';
import { type IndexManifest, readManifest } from './manifest.ts';
import { openSearcher, type Searcher, type SearcherOptions } from './searcher.ts';
import { sharedModels } from './shared-models.ts';

export interface FollowOptions extends Omit<SearcherOptions, 'version' | 'fresh'> {
  /** Milliseconds between two looks at what is promoted and committed; 1,000 unless told. */
  everyMs?: number;
  /** Told the version that answers from now on. */
  onChange?: (version: string) => void;
  /** Told after a look that has found something new. */
  onFresh?: (report: FreshReport) => void;
  /** Told why the promoted version could not be looked up or opened. The one before it answers on, and the next look tries again. */
  onError?: (error: Error) => void;
}

const EVERY_MS = 1_000;

/**
 * Opens the promoted index, and from then on each that is promoted after it, or built again under its name, at most `everyMs` later. A
 * question is answered by one version from its beginning to its end; a version is closed after its last answer. Until then more than one
 * is open; the model is opened at once, and once for all versions that have the same. Throws as `openSearcher` does where there is none to begin with. A reranker is closed with the follower.
 */
export async function followSearcher(
  lake: Lake,
  {
    everyMs = EVERY_MS,
    onChange,
    onFresh,
    onError,
    reranking,
    openModel = openEmbedder,
    ...options
  }: FollowOptions = {},
): Promise<Searcher> {
  const models = sharedModels(openModel);
  const open = async (version?: string) => {
    const reranks = reranking && { reranking: shared(reranking) };
    const searcher = await openSearcher(lake, {
      ...options,
      openModel: models,
      version,
      fresh: true,
      ...reranks,
    });
    // Before the one before it closes what they share. Whatever is wrong with the model, who asks is told.
    await searcher.openModel().catch(() => {});
    return inUse(searcher);
  };
  let current = await open();
  const closing = new Set<Promise<void>>();
  const close = (one: InUse) => {
    const closed = one.close().finally(() => closing.delete(closed));
    closing.add(closed);
    closed.catch((error) => onError?.(error));
  };
  const look = async () => {
    const { index } = await readCurrent(lake);
    if (index === undefined || (await isOf(lake, index, current.searcher.manifest)))
      return await lookForFresh();
    const before = current;
    current = await open(index);
    close(before);
    onChange?.(index);
  };
  const lookForFresh = async () => {
    const { searcher } = current;
    const before = searcher.freshness()!.version;
    await searcher.look();
    const after = searcher.freshness()!;
    if (after.version !== before) onFresh?.(after);
  };
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look()
      .catch((error) => onError?.(error))
      // What `onError` throws has nobody to go to.
      .catch(() => {})
      .finally(() => {
        looking = undefined;
      });
  }, everyMs);
  return {
    get manifest() {
      return current.searcher.manifest;
    },
    search: (...asked) => current.use((searcher) => searcher.search(...asked)),
    similar: (...asked) => current.use((searcher) => searcher.similar(...asked)),
    openModel: () => current.use((searcher) => searcher.openModel()),
    passages: (...asked) => current.use((searcher) => searcher.passages(...asked)),
    placeOf: (...asked) => current.use((searcher) => searcher.placeOf(...asked)),
    freshness: () => current.searcher.freshness(),
    /** It looks by itself. */
    look: async () => {},
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await looking;
      await Promise.allSettled(closing);
      await current.close();
      await reranking?.reranker[Symbol.asyncDispose]();
    },
  };
}

/** Whether the version is the one that was opened, and not built again since. */
async function isOf(lake: Lake, index: string, { version, madeAt }: IndexManifest): Promise<boolean> {
  if (index !== version) return false;
  const there = await readManifest(lake, index);
  return there === undefined || there.madeAt === madeAt;
}

/** A searcher closes its reranker, which the next one needs. */
function shared({ reranker, ...reranking }: Reranking): Reranking {
  return {
    ...reranking,
    reranker: {
      rerank: (...asked) => reranker.rerank(...asked),
      [Symbol.asyncDispose]: async () => {},
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
