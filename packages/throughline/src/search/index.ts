export { loadZvec } from './collection.ts';
export type { Highlight } from './highlight.ts';
export { hasIndex, readManifest } from './manifest.ts';
export { buildIndex, type RefreshOptions, refreshIndex } from './refresh.ts';
export {
  type Hit,
  openSearcher,
  type Searcher,
  type SearchMode,
  type SearchRequest,
  type SearchResult,
} from './searcher.ts';
