import { hashModelInfo, hashTokenizer, openHashEmbedder } from './hash.ts';
import { loadMinilmTokenizer, minilmInfo, openMinilm } from './minilm.ts';
import type { Embedder, ModelInfo, ModelSpec, Tokenizer } from './types.ts';

/** Opens an embedder and its threads. Throws ModelLoadError. Close it, or hold it with `await using`. */
export async function openEmbedder(spec: ModelSpec): Promise<Embedder> {
  return spec.model === 'hash' ? openHashEmbedder(spec) : await openMinilm(spec);
}

/** The model's tokenizer, without its session: what splitting needs, in any thread. */
export async function loadTokenizer(spec: ModelSpec): Promise<Tokenizer> {
  return spec.model === 'hash' ? hashTokenizer : await loadMinilmTokenizer();
}

/** What the model promises, without loading its session. */
export async function modelInfo(spec: ModelSpec): Promise<ModelInfo> {
  return spec.model === 'hash' ? hashModelInfo(spec) : await minilmInfo(spec);
}
