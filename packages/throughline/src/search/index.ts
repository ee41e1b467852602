export type { Highlight } from './highlight.ts';
export type { IndexManifest } from './manifest.ts';
export { refreshIndex } from './refresh.ts';
export {
  type Hit,
  MAX_LIMIT,
  openSearcher,
  type Searcher,
  type SearchMode,
  type SearchRequest,
  type SearchResult,
} from './searcher.ts';
