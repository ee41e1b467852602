/** The best of a ranking in the order of a model that reads question and text together. */
import { type Reranking, rerankInTime } from '../rerank/index.ts';
import type { Ranked } from './rank.ts';
import type { IndexStore } from './store.ts';

export interface Reordered {
  ranked: Ranked[];
  /** Why the order is as it was; null where it is the model's. */
  failed: string | null;
}

/** Looks again at the first `depth` of a ranking, by the best passage of each; the rest follows. Never throws for the model. */
export async function rerankHits(
  store: IndexStore,
  ranked: readonly Ranked[],
  query: string,
  { reranker, depth, timeoutMs }: Reranking,
): Promise<Reordered> {
  const head = ranked.slice(0, depth);
  const stored = await store.fetch(head.map(({ passages }) => passages[0]!));
  const found = head.filter(({ passages }) => stored.has(passages[0]!));
  if (found.length === 0) return { ranked: [...ranked], failed: null };
  const texts = found.map(({ passages }) => stored.get(passages[0]!)!.text);
  const outcome = await rerankInTime(reranker, query, texts, timeoutMs);
  if ('failed' in outcome) return { ranked: [...ranked], failed: outcome.failed };
  const scored = found.map((one, i) => ({ ...one, reranked: outcome.scores[i]! }));
  return {
    ranked: [...scored.sort((a, b) => b.reranked - a.reranked), ...ranked.slice(depth)],
    failed: null,
  };
}
