/** Embedding on the calling thread: for a process that is one of many, as on an executor of a cluster. */
import { EXIT, ThroughlineError } from '../error.ts';
import { openHashEmbedder } from './hash.ts';
import { openInlineThread } from './inline-thread.ts';
import { minilmModel } from './minilm.ts';
import { onnxModel } from './onnx.ts';
import { EmbeddingPool } from './pool.ts';
import type { OnnxModel } from './protocol.ts';
import type { Embedder, ModelSpec } from './types.ts';

/**
 * An embedder without threads of its own (`threads` is not looked at): bitwise the vectors of `openEmbedder`. Throws
 * ModelLoadError, and a ThroughlineError for a model that is not in files on this machine.
 */
export async function openInlineEmbedder(spec: ModelSpec): Promise<Embedder> {
  switch (spec.model) {
    case 'minilm':
      return open(await minilmModel(spec));
    case 'onnx':
      return open(await onnxModel(spec));
    case 'hash':
      return openHashEmbedder(spec);
    case 'hub':
      throw notInline('hub', 'Fetch it first, and open its folder: onnx:FOLDER.');
    case 'api':
    case 'command':
      throw notInline(spec.model, 'Choose minilm, hash, or a model in ONNX (onnx:FOLDER, hub:ID@REVISION).');
  }
}

async function open({ info, settings }: OnnxModel): Promise<Embedder> {
  return new EmbeddingPool(info, [await openInlineThread(settings)]);
}

function notInline(model: string, hint: string): ThroughlineError {
  return new ThroughlineError(`a model of the kind "${model}" cannot be computed inside a worker`, {
    code: 'model_not_inline',
    exitCode: EXIT.config,
    hint,
  });
}
