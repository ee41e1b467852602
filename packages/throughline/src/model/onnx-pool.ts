import { availableParallelism } from 'node:os';
import { installedVersion } from '../installed-version.ts';
import { type EmbedderStoppedError, ModelLoadError } from './errors.ts';
import { EmbeddingPool } from './pool.ts';
import type { ThreadSettings } from './protocol.ts';
import { type EmbeddingThread, startThread } from './thread.ts';
import type { Embedder, ModelInfo } from './types.ts';

/** What turns text into vectors besides a model's files: another version may round differently. */
const RUNTIMES = ['onnxruntime-node', '@huggingface/tokenizers'];

/** An embedder on so many threads, one per core unless told. Throws ModelLoadError. */
export async function openOnnxPool(
  info: ModelInfo,
  settings: ThreadSettings,
  threads = availableParallelism(),
): Promise<Embedder> {
  let pool: EmbeddingPool | undefined;
  let early: EmbedderStoppedError | undefined;
  const onCrash = (error: EmbedderStoppedError) => {
    early ??= error;
    pool?.crashed(error);
  };
  const starting = Array.from({ length: Math.max(1, threads) }, () => startThread(settings, onCrash));
  pool = new EmbeddingPool(info, await allOrNone(starting));
  if (early) pool.crashed(early);
  return pool;
}

/** `NAME@VERSION` of each runtime, for a model's digest. */
export async function runtimeVersions(model: string): Promise<string[]> {
  return Promise.all(
    RUNTIMES.map(async (name) => {
      const version = await installedVersion(name);
      if (version === undefined) throw new ModelLoadError(model, `${name} is not installed`);
      return `${name}@${version}`;
    }),
  );
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
