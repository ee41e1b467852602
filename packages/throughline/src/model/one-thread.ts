/** Embedding beside the calling thread, on one other or in one process: for a process that is one of many, as on an executor of a cluster. */
import { EXIT, ThroughlineError } from '../error.ts';
import { openCommand } from './command.ts';
import { openHashEmbedder } from './hash.ts';
import { minilmModel } from './minilm.ts';
import { onnxModel } from './onnx.ts';
import { openOnnxPool } from './onnx-pool.ts';
import type { Embedder, ModelSpec } from './types.ts';

/**
 * An embedder of one thread (`threads` is not looked at), which starts at `entry`: `model/worker.ts`, or a bundle that holds it.
 * Bitwise the vectors of `openEmbedder`. Throws ModelLoadError, and a ThroughlineError for a model that is not in files on
 * this machine.
 */
export async function openOneThread(spec: ModelSpec, entry?: URL): Promise<Embedder> {
  switch (spec.model) {
    case 'minilm':
      return openOnnxPool(await minilmModel(spec), 1, entry);
    case 'onnx':
      return openOnnxPool(await onnxModel(spec), 1, entry);
    case 'hash':
      return openHashEmbedder(spec);
    case 'hub':
      throw notHere('hub', 'Fetch it first, and open its folder: onnx:FOLDER.');
    case 'command':
      return openCommand({ ...spec, threads: 1 });
    case 'api':
      throw notHere('api', 'Choose minilm, hash, or a model in ONNX (onnx:FOLDER, hub:ID@REVISION).');
  }
}

function notHere(model: string, hint: string): ThroughlineError {
  return new ThroughlineError(`a model of the kind "${model}" cannot be computed inside a worker`, {
    code: 'model_not_in_files',
    exitCode: EXIT.config,
    hint,
  });
}
