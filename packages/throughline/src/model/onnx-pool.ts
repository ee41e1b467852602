import { availableParallelism } from 'node:os';
import type { EmbedderStoppedError } from './errors.ts';
import { EmbeddingPool } from './pool.ts';
import type { OnnxModel } from './protocol.ts';
import { type EmbeddingThread, startThread } from './thread.ts';
import type { Embedder } from './types.ts';

/** An embedder on so many threads, one per core unless told, each started at `entry`. Throws ModelLoadError. */
export async function openOnnxPool(
  { info, settings }: OnnxModel,
  threads = availableParallelism(),
  entry?: URL,
): Promise<Embedder> {
  let pool: EmbeddingPool | undefined;
  let early: EmbedderStoppedError | undefined;
  const onCrash = (error: EmbedderStoppedError) => {
    early ??= error;
    pool?.crashed(error);
  };
  const starting = Array.from({ length: Math.max(1, threads) }, () => startThread(settings, onCrash, entry));
  pool = new EmbeddingPool(info, await allOrNone(starting));
  if (early) pool.crashed(early);
  return pool;
}

/** When one thread cannot start, the others are stopped before the error is thrown. */
async function allOrNone(starting: readonly Promise<EmbeddingThread>[]): Promise<EmbeddingThread[]> {
  const started = await Promise.allSettled(starting);
  const threads = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = started.find((one) => one.status === 'rejected');
  if (!failed) return threads;
  await Promise.all(threads.map((thread) => thread.close()));
  throw failed.reason;
}
