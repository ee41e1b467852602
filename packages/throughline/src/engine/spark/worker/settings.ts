/** What a worker is told on its command line: one word, so that no shell and no SQL sees anything special in it. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, ThroughlineError } from '../../../error.ts';
import type { ModelSpec } from '../../../model/index.ts';

export interface WorkerSettings {
  /** A `folder` in it is relative to the bundle's. */
  readonly model: ModelSpec;
  /** A worker whose answers nobody takes for so long ends; 10 minutes unless told. */
  readonly patienceMs?: number;
}

/** As letters, digits, `-` and `_`. */
export function encodeSettings(settings: WorkerSettings): string {
  return Buffer.from(JSON.stringify(settings)).toString('base64url');
}

/** Throws ThroughlineError (64) where the word is not what `encodeSettings` makes. */
export function decodeSettings(word: string | undefined): WorkerSettings {
  try {
    const { model, ...others } = JSON.parse(Buffer.from(word ?? '', 'base64url').toString());
    if (typeof model.model !== 'string') throw new Error('no model is named');
    return {
      ...others,
      model: model.model === 'onnx' ? { ...model, folder: inBundle(model.folder) } : model,
    };
  } catch (error) {
    throw new ThroughlineError(`the worker's settings cannot be read: ${(error as Error).message}`, {
      code: 'worker_usage',
      exitCode: EXIT.usage,
    });
  }
}

/** The worker is `lib/worker.mjs` in the bundle. */
function inBundle(folder: string): string {
  return resolve(fileURLToPath(new URL('..', import.meta.url)), folder);
}
