import { loadFolderTokenizer } from './folder-tokenizer.ts';
import { openOnnxSession } from './onnx-session.ts';
import type { ThreadSettings } from './protocol.ts';

/** A model and its tokenizer on the calling thread: what every embedding thread does, and does in the same way. */
export interface Encoder {
  /** Token ids of each text, special tokens included. */
  tokenize(texts: readonly string[]): Int32Array[];
  /** Vectors of `rows` texts of equal length, whose ids lie one after the other. Blocks the thread. */
  embed(ids: Int32Array, rows: number): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Throws where a file is absent, or is no model of text. */
export async function openEncoder(settings: ThreadSettings): Promise<Encoder> {
  const [tokenizer, session] = await Promise.all([
    loadFolderTokenizer(settings.directory),
    openOnnxSession(settings),
  ]);
  return {
    tokenize: (texts) => texts.map((text) => tokenizer.encode(text)),
    embed: (ids, rows) => session.embed(ids, rows),
    release: () => session.release(),
  };
}
