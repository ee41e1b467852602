import { fileURLToPath } from 'node:url';
import description from '../model/model.json' with { type: 'json' };

/** What the model promises, and the sha256 of each of its files. */
export interface ModelDescription {
  readonly id: string;
  readonly name: string;
  /** Where the weights come from. */
  readonly source: string;
  readonly licence: string;
  /** Length of a vector. */
  readonly dimension: number;
  /** Longest text in tokens, `[CLS]` and `[SEP]` included. */
  readonly maxTokens: number;
  /** How a text's hidden states become its vector: their mean over its tokens. */
  readonly pooling: string;
  /** Whether the vector is then scaled to length 1. */
  readonly normalize: boolean;
  readonly queryPrefix: string;
  readonly passagePrefix: string;
  /** ISO 639-1 codes of the languages it was trained on. */
  readonly languages: readonly string[];
  /** File name -> sha256 in hex. */
  readonly files: Readonly<Record<string, string>>;
}

/** all-MiniLM-L6-v2, quantised so that a text's hidden states never depend on the texts it is computed with. */
export const modelInfo: ModelDescription = description;

/** Absolute path of the folder with `model.onnx`, `tokenizer.json` and `tokenizer_config.json`. */
export function modelDirectory(): string {
  return fileURLToPath(new URL('../model', import.meta.url));
}
