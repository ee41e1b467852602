/** The settings of `search.rerank:` as the reranker that they name. */
import { type Config, durationMs } from '../config/index.ts';
import { DEFAULT_POLICY } from '../http/index.ts';
import { keyHeaders } from '../model/index.ts';
import { apiReranker } from './api-reranker.ts';
import { commandReranker } from './command-reranker.ts';
import type { Reranker } from './reranker.ts';

/** A reranker, how many hits it looks at, and how long a search waits for it. */
export interface Reranking {
  reranker: Reranker;
  depth: number;
  timeoutMs: number;
}

export type RerankConfig = NonNullable<Config['search']['rerank']>;

const COHERE = 'https://api.cohere.com/v2';
const COHERE_KEY = 'COHERE_API_KEY';
/** A program may have to load its model first. */
const COMMAND_TIMEOUT_MS = 10 * 60_000;
const FIRST_WAIT_MS = 100;

/** Nothing is asked yet. Throws with exit code 78 where the key is not set. */
export function openReranker(config: RerankConfig, directory: string, env: NodeJS.ProcessEnv): Reranking {
  const { command, depth, retries } = config;
  const timeoutMs = durationMs(config.timeout);
  if (command) {
    return {
      reranker: commandReranker({ command, directory, timeoutMs: COMMAND_TIMEOUT_MS }),
      depth,
      timeoutMs,
    };
  }
  const { url, keyHeader } = config;
  const keyVariable = config.keyVariable ?? (url === undefined ? COHERE_KEY : undefined);
  const reranker = apiReranker({
    url: `${(url ?? COHERE).replace(/\/+$/, '')}/rerank`,
    model: config.model!.slice('cohere:'.length),
    headers: keyHeaders({ keyVariable, keyHeader }, env, 'search.rerank.keyVariable'),
    policy: {
      ...DEFAULT_POLICY,
      ...{ timeoutMs, retries, deadlineMs: timeoutMs },
      backoff: { ...DEFAULT_POLICY.backoff, firstMs: FIRST_WAIT_MS },
    },
  });
  return { reranker, depth, timeoutMs };
}
