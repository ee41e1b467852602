import { ModelLoadError } from './errors.ts';
import type { Embedder, ModelInfo, ModelSpec, Tokenizer } from './types.ts';

/** Opens an embedder and its threads. Throws ModelLoadError. Close it, or hold it with `await using`. */
export async function openEmbedder(spec: ModelSpec): Promise<Embedder> {
  throw new ModelLoadError(spec.model, 'not written yet');
}

/** The model's tokenizer, without its session: what splitting needs, in any thread. */
export async function loadTokenizer(spec: ModelSpec): Promise<Tokenizer> {
  throw new ModelLoadError(spec.model, 'not written yet');
}

/** What the model promises, without loading its session. */
export async function modelInfo(spec: ModelSpec): Promise<ModelInfo> {
  throw new ModelLoadError(spec.model, 'not written yet');
}
