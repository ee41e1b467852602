import { type HttpEvent, type HttpPolicy, type HttpResponse, openHttpClient } from '../http/index.ts';
import { readScores } from './read-scores.ts';
import type { Reranker } from './reranker.ts';

export interface ApiRerankSpec {
  /** The whole address: `https://api.cohere.com/v2/rerank`. */
  readonly url: string;
  readonly model: string;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly policy: HttpPolicy;
}

/** A Cohere-compatible `/rerank`: every answer is checked before it is used. */
export function apiReranker(spec: ApiRerankSpec, onEvent: (event: HttpEvent) => void = () => {}): Reranker {
  const { url, model, headers, policy } = spec;
  const client = openHttpClient(policy, onEvent);
  return {
    async rerank(query, documents, signal) {
      const request = {
        method: 'POST' as const,
        url,
        headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ model, query, documents, top_n: documents.length, return_documents: false }),
      };
      const check = (response: HttpResponse) => ({ value: readScores(response, documents.length) });
      return await client.send(request, check, signal);
    },
    async [Symbol.asyncDispose]() {},
  };
}
