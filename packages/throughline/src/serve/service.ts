/** What all requests share: the lake, the searcher that goes over to each promoted index, and how much is worked on at once. */
import type { LoadedConfig } from '../config/index.ts';
import { durationMs } from '../config/index.ts';
import type { Lake } from '../lake/lake.ts';
import { type ModelSpec, specOf } from '../model/index.ts';
import { openReranker } from '../rerank/index.ts';
import { followSearcher, type Searcher } from '../search/index.ts';
import { type Admission, openAdmission } from './admission.ts';
import type { ServeMetrics } from './metrics.ts';

export interface Service extends AsyncDisposable {
  lake: Lake;
  loaded: LoadedConfig;
  searcher: Searcher;
  /** Of searches. */
  admission: Admission;
  /** Of what reads tables: each holds a database of its own meanwhile. */
  reading: Admission;
  metrics: ServeMetrics;
  /** Milliseconds that a search may take, waiting included. */
  timeoutMs: number;
  /** Milliseconds since 1970 UTC. */
  clock: () => number;
}

/** Each may use some hundred megabytes. */
const READERS = 3;

export interface ServiceEffects {
  clock: () => number;
  env: NodeJS.ProcessEnv;
  metrics: ServeMetrics;
  onIndexChange: (version: string) => void;
  onIndexError: (error: Error) => void;
  /** Told why no more of what streams commit is taken. */
  onIncomplete: (error: Error) => void;
}

/** Throws with exit code 66 where no index is promoted. */
export async function openService(
  lake: Lake,
  loaded: LoadedConfig,
  { clock, env, metrics, onIndexChange, onIndexError, onIncomplete }: ServiceEffects,
): Promise<Service> {
  const { config, directory } = loaded;
  const model: ModelSpec = specOf(config.embed, directory);
  const { rerank } = config.search;
  const { threads, concurrency, queue, timeout } = config.serve;
  const searcher = await followSearcher(lake, {
    ...{ model, threads, store: config.index.store },
    ...(rerank && { reranking: openReranker(rerank, directory, env) }),
    onChange: onIndexChange,
    onError: onIndexError,
    onIncomplete,
  });
  return {
    ...{ lake, loaded, searcher, metrics, clock },
    admission: openAdmission({ running: concurrency, waiting: queue }),
    reading: openAdmission({ running: READERS, waiting: queue }),
    timeoutMs: durationMs(timeout),
    [Symbol.asyncDispose]: () => searcher[Symbol.asyncDispose](),
  };
}
