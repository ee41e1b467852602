import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { modelInfo as description, modelDirectory } from '@throughline/model-minilm';
import { installedVersion } from '../installed-version.ts';
import { type EmbedderStoppedError, ModelLoadError } from './errors.ts';
import { EmbeddingPool } from './pool.ts';
import { type EmbeddingThread, startThread } from './thread.ts';
import type { Embedder, ModelInfo, ModelSpec, Tokenizer } from './types.ts';
import { loadWordpiece } from './wordpiece.ts';

/** What turns text into vectors besides the model's files: another version may round differently. */
const RUNTIMES = ['onnxruntime-node', '@huggingface/tokenizers'];

/** Opens the default model on `threads` threads. Throws ModelLoadError when a file is absent or not the one described. */
export async function openMinilm(spec: ModelSpec): Promise<Embedder> {
  const [info] = await Promise.all([minilmInfo(spec), checkFiles()]);
  const settings = {
    model: info.id,
    directory: modelDirectory(),
    dimension: info.dimension,
    normalize: normalizes(spec),
  };
  let pool: EmbeddingPool | undefined;
  let early: EmbedderStoppedError | undefined;
  const onCrash = (error: EmbedderStoppedError) => {
    early ??= error;
    pool?.crashed(error);
  };
  const starting = Array.from({ length: threadCount(spec) }, () => startThread(settings, onCrash));
  pool = new EmbeddingPool(info, await allOrNone(starting));
  if (early) pool.crashed(early);
  return pool;
}

export async function minilmInfo(spec: ModelSpec): Promise<ModelInfo> {
  const { id, dimension, maxTokens, queryPrefix, passagePrefix, languages, pooling, files } = description;
  const runtimes = await Promise.all(RUNTIMES.map(runtimeVersion));
  const settings = { dimension, maxTokens, queryPrefix, passagePrefix, pooling, normalize: normalizes(spec) };
  const shaping = JSON.stringify({ id, files, runtimes, settings });
  const digest = createHash('sha256').update(shaping).digest('hex');
  return { id, digest, dimension, maxTokens, queryPrefix, passagePrefix, languages };
}

export function loadMinilmTokenizer(): Promise<Tokenizer> {
  return loadWordpiece(modelDirectory());
}

function normalizes(spec: ModelSpec): boolean {
  return spec.normalize ?? description.normalize;
}

function threadCount(spec: ModelSpec): number {
  return Math.max(1, spec.threads ?? availableParallelism());
}

async function runtimeVersion(name: string): Promise<string> {
  const version = await installedVersion(name);
  if (version === undefined) throw new ModelLoadError(description.id, `${name} is not installed`);
  return `${name}@${version}`;
}

async function checkFiles(): Promise<void> {
  const expected = Object.entries(description.files);
  await Promise.all(
    expected.map(async ([name, digest]) => {
      const path = join(modelDirectory(), name);
      const actual = await sha256(path).catch((error) => {
        throw new ModelLoadError(description.id, error.message, error);
      });
      if (actual !== digest)
        throw new ModelLoadError(description.id, `${path} is damaged (sha256 ${actual})`);
    }),
  );
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
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
