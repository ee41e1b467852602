export { loadZvec } from './collection.ts';
export type { Highlight } from './highlight.ts';
export { makeIndex } from './make-index.ts';
export { indexFaults, isWithdrawn, promoteIndex } from './promote-index.ts';
export {
  type Hit,
  openSearcher,
  type Searcher,
  type SearchMode,
  type SearchRequest,
  type SearchResult,
} from './searcher.ts';
