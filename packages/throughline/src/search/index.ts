export type { Explanation, SearchResult } from './answer.ts';
export { loadZvec } from './collection.ts';
export { parseCursor } from './cursor.ts';
export type { Facets } from './facets.ts';
export type { Highlight } from './highlight.ts';
export type { Hit, HitPassage } from './hit.ts';
export { refreshIndex } from './refresh.ts';
export type { SearchMode, SearchRequest, SimilarRequest } from './request.ts';
export { openSearcher, type Searcher, type SearcherOptions } from './searcher.ts';
