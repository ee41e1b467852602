export type { ApiEvent } from './api.ts';
export { keyHeaders } from './api-key.ts';
export { EmbedderStoppedError, ModelLoadError } from './errors.ts';
export { type FetchEffects, fetchModel } from './hub.ts';
export { onnxFiles } from './onnx.ts';
export { loadTokenizer, modelInfo, openEmbedder } from './open.ts';
export { RUNTIMES } from './runtime-versions.ts';
export { budgetOf, checkSpec, keptSpec, specOf } from './spec.ts';
export { embedAll } from './text-failure.ts';
export type {
  Embedder,
  EmbedOptions,
  ModelInfo,
  ModelSpec,
  TextFailure,
  TextKind,
  Tokenizer,
} from './types.ts';
