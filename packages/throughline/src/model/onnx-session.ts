import type { Tensor } from 'onnxruntime-node';
import { pool } from './pooling.ts';
import type { ThreadSettings } from './protocol.ts';

/** A model that turns token ids into vectors, on the calling thread alone. */
export interface OnnxSession {
  /** `rows` texts of equally many ids, one after the other: nothing is padded, and every mask is all ones. */
  embed(ids: Int32Array, rows: number): Promise<Float32Array>;
  release(): Promise<void>;
}

/**
 * Throws where the file is no model, or wants inputs that no text encoder has. The runtime is loaded here: a worker that
 * was bundled for a model without it does not have it.
 */
export async function openOnnxSession(settings: ThreadSettings): Promise<OnnxSession> {
  const runtime = await import('onnxruntime-node');
  const session = await runtime.InferenceSession.create(settings.file, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 4,
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  });
  const inputs = session.inputMetadata.map((input) => {
    const type = input.isTensor ? input.type : 'none';
    const fill = FILLS[input.name];
    if (fill === undefined || (type !== 'int32' && type !== 'int64'))
      throw new Error(`it has an input "${input.name}" (${type}), and is no text encoder`);
    return { name: input.name, type, fill };
  });
  const output = outputOf(session.outputNames);
  return {
    embed: async (ids, rows) => {
      const shape = [rows, ids.length / rows];
      const feeds = inputs.map(({ name, type, fill }) => {
        const values = fill(ids, shape[1]!);
        const data = type === 'int32' ? values : BigInt64Array.from(values, BigInt);
        return [name, new runtime.Tensor(type, data, shape)];
      });
      const result = (await session.run(Object.fromEntries(feeds), [output]))[output]!;
      const vectors = vectorsOf(result, rows, settings);
      result.dispose();
      return vectors;
    },
    release: () => session.release(),
  };
}

/** What each input of an encoder is filled with, by the names that exports give them. */
const FILLS: Readonly<Record<string, (ids: Int32Array, tokens: number) => Int32Array>> = {
  input_ids: (ids) => ids,
  attention_mask: (ids) => new Int32Array(ids.length).fill(1),
  token_type_ids: (ids) => new Int32Array(ids.length),
  position_ids: (ids, tokens) => ids.map((_, i) => i % tokens),
};

/** Hidden states rather than what the graph has pooled: pooling here does not depend on the batch. */
const OUTPUTS = ['last_hidden_state', 'token_embeddings', 'sentence_embedding', 'embeddings'];

function outputOf(names: readonly string[]): string {
  return OUTPUTS.find((name) => names.includes(name)) ?? names[0]!;
}

function vectorsOf(
  { data, dims, type }: Tensor,
  rows: number,
  { dimension, pooling, normalize }: ThreadSettings,
): Float32Array {
  if (type !== 'float32') throw new Error(`its output is ${type}, not float32`);
  if (dims.at(-1) !== dimension)
    throw new Error(`its vectors have ${dims.at(-1)} numbers instead of ${dimension}`);
  return pool(data as Float32Array, rows, dimension, dims.length === 2 ? 'mean' : pooling, normalize);
}
