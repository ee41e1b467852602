import type { Reranker } from './reranker.ts';

/** What became of the second look; without scores the order stays as it was. */
export type Reranked = { scores: Float64Array } | { failed: string };

/** A search is not held up by its second look, and never fails for it. */
export async function rerankInTime(
  reranker: Reranker,
  query: string,
  texts: readonly string[],
  timeoutMs: number,
): Promise<Reranked> {
  const late = new Error(`no answer within ${timeoutMs} ms`);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(late), timeoutMs);
  const tooLate = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(late), { once: true });
  });
  try {
    return { scores: await Promise.race([reranker.rerank(query, texts, controller.signal), tooLate]) };
  } catch (error) {
    return { failed: (error as Error).message };
  } finally {
    clearTimeout(timer);
  }
}
