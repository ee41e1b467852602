/** How a worker is told what to do: one word of its command line. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChunkRule } from '../../../chunk/plan.ts';
import { EXIT, ThroughlineError } from '../../../error.ts';
import type { MapperConfig } from '../../../mapper/mapper.ts';
import type { ModelInfo, ModelSpec } from '../../../model/index.ts';
import type { Mapping } from '../../../source/mapping.ts';
import type { TimestampFormat } from '../../../source/timestamp.ts';

/** By mode: what it does to a line, and what it has to know. A `directory`, in which commands start, is below the bundle. */
export interface WorkerSettings {
  /** value -> value, micros */
  times: { format: TimestampFormat };
  /** value -> value, chunk, first, past */
  cursors: { rule: Exclude<ChunkRule, { by: 'rows' }>; format: TimestampFormat };
  /** A row of the source with idx and chunk -> idx, record and passages, or dead */
  map: { config: MapperConfig; mapping: Mapping; info: ModelInfo; model: ModelSpec; directory: string };
  /** idx, place and cells of mapped columns -> the same, or dead; no line for a row that is dropped. Rows of an idx follow each other. */
  rows: {
    command: { command: readonly string[]; timeout?: string | undefined };
    mapping: Mapping;
    directory: string;
  };
  /** hash, text -> hash and embedding, or code and message; a folder of an ONNX model, and that of a command, are below the bundle */
  embed: {
    model: ModelSpec;
    /** How long a reader may read nothing (ms) until it is taken to be gone. */
    patienceMs?: number;
  };
}

export type WorkerMode = keyof WorkerSettings;

/** Base64url: nothing in it means anything to a shell, or to SQL. */
export function encodeSettings(settings: WorkerSettings[WorkerMode]): string {
  return Buffer.from(JSON.stringify(settings)).toString('base64url');
}

/** Throws ThroughlineError (64) where the word is not what `encodeSettings` makes. */
export function decodeSettings<M extends WorkerMode>(word: string | undefined): WorkerSettings[M] {
  try {
    const settings = JSON.parse(Buffer.from(word ?? '', 'base64url').toString());
    const { directory } = settings as { directory?: string };
    if (directory !== undefined) settings.directory = inBundle(directory);
    const { model } = settings as { model?: ModelSpec };
    if (model?.model === 'onnx') return { ...settings, model: { ...model, folder: inBundle(model.folder) } };
    if (model?.model === 'command')
      return { ...settings, model: { ...model, directory: inBundle(model.directory) } };
    return settings;
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
