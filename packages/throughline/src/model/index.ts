export { BadVectorError, EmbedderStoppedError, ModelLoadError, TextTooLongError } from './errors.ts';
export { loadTokenizer, modelInfo, openEmbedder } from './open.ts';
export type { Embedder, EmbedOptions, ModelInfo, ModelSpec, TextKind, Tokenizer } from './types.ts';
