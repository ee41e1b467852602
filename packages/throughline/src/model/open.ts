import { type ApiEvent, apiInfo, openApi } from './api.ts';
import { commandInfo, openCommand } from './command.ts';
import { estimatingTokenizer } from './estimating-tokenizer.ts';
import { hashModelInfo, hashTokenizer, openHashEmbedder } from './hash.ts';
import { type FetchEffects, fetchModel } from './hub.ts';
import { loadMinilmTokenizer, minilmInfo, minilmModel } from './minilm.ts';
import { loadOnnxTokenizer, onnxInfo, onnxModel } from './onnx.ts';
import { openOnnxPool } from './onnx-pool.ts';
import type { Embedder, ModelInfo, ModelSpec, Tokenizer } from './types.ts';

/** Opens an embedder with its threads, connections or processes. Throws ModelLoadError. Close it, or hold it with `await using`. */
export async function openEmbedder(spec: ModelSpec, onEvent?: (event: ApiEvent) => void): Promise<Embedder> {
  switch (spec.model) {
    case 'minilm':
      return openOnnxPool(await minilmModel(spec), spec.threads);
    case 'hash':
      return openHashEmbedder(spec);
    case 'onnx':
      return openOnnxPool(await onnxModel(spec), spec.threads);
    case 'hub':
      return openOnnxPool(await onnxModel(await fetchModel(spec)), spec.threads);
    case 'api':
      return openApi(spec, onEvent);
    case 'command':
      return openCommand(spec);
  }
}

/** The model's tokenizer, without its session: what splitting needs, in any thread. */
export async function loadTokenizer(spec: ModelSpec): Promise<Tokenizer> {
  switch (spec.model) {
    case 'minilm':
      return loadMinilmTokenizer();
    case 'hash':
      return hashTokenizer;
    case 'onnx':
      return loadOnnxTokenizer(spec);
    case 'hub':
      return loadOnnxTokenizer(await fetchModel(spec));
    case 'api':
    case 'command':
      return estimatingTokenizer;
  }
}

/** What the model promises, without loading its session; a model of a hub is downloaded. */
export async function modelInfo(spec: ModelSpec, effects?: FetchEffects): Promise<ModelInfo> {
  switch (spec.model) {
    case 'minilm':
      return minilmInfo(spec);
    case 'hash':
      return hashModelInfo(spec);
    case 'onnx':
      return onnxInfo(spec);
    case 'hub':
      return onnxInfo(await fetchModel(spec, effects));
    case 'api':
      return apiInfo(spec);
    case 'command':
      return commandInfo(spec);
  }
}
