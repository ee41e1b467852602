/** A second look at the best candidates of a search, by a model that reads question and text together. */
export interface Reranker extends AsyncDisposable {
  /** A score for each text, the greater the more relevant. Throws what its server or program met, or the reason of an abort. */
  rerank(query: string, texts: readonly string[], signal: AbortSignal): Promise<Float64Array>;
}
