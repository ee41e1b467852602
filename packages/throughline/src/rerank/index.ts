export { openReranker, type Reranking } from './open-reranker.ts';
export { rerankInTime } from './rerank-in-time.ts';
