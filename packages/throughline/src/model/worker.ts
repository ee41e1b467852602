/**
 * Entry of one embedding thread: its own tokenizer and its own single-threaded session. `session.run` blocks the
 * thread, and terminating it in the middle aborts the process: the thread ends itself, between two jobs, when asked.
 */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { meanPool } from './pooling.ts';
import type { Answer, Job, ThreadSettings } from './protocol.ts';
import type { Tokenizer } from './types.ts';
import { loadWordpiece } from './wordpiece.ts';

const settings: ThreadSettings = workerData;
const port = parentPort!;

const [tokenizer, session] = await Promise.all([loadWordpiece(settings.directory), openSession()]);
let queue: Promise<unknown> = Promise.resolve();
port.on('message', (job: Job) => {
  queue = queue.then(() => run(job));
});
answer({ type: 'ready' }, []);

function openSession(): Promise<InferenceSession> {
  return InferenceSession.create(join(settings.directory, 'model.onnx'), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 4,
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  });
}

async function run(job: Job): Promise<void> {
  if (job.type === 'close') {
    await session.release();
    port.close();
    return;
  }
  try {
    if (job.type === 'tokenize') answerTokens(tokenizer, job.texts);
    else await answerVectors(job.ids, job.rows);
  } catch (error) {
    answer({ type: 'failed', message: error instanceof Error ? error.message : String(error) }, []);
  }
}

function answerTokens(by: Tokenizer, texts: readonly string[]): void {
  const encoded = texts.map((text) => by.encode(text));
  const lengths = Int32Array.from(encoded, (ids) => ids.length);
  const ids = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const one of encoded) {
    ids.set(one, at);
    at += one.length;
  }
  answer({ type: 'tokenized', ids, lengths }, [ids.buffer, lengths.buffer]);
}

/** The texts of a batch are equally long: nothing is padded, and the mask is all ones. */
async function answerVectors(ids: Int32Array, rows: number): Promise<void> {
  const shape = [rows, ids.length / rows];
  const output = await session.run({
    input_ids: new Tensor('int32', ids, shape),
    attention_mask: new Tensor('int32', new Int32Array(ids.length).fill(1), shape),
  });
  const hidden = output.last_hidden_state!;
  const vectors = meanPool(hidden.data as Float32Array, rows, settings.dimension, settings.normalize);
  hidden.dispose();
  answer({ type: 'embedded', vectors }, [vectors.buffer]);
}

function answer(message: Answer, transfer: readonly ArrayBufferLike[]): void {
  port.postMessage(message, transfer as ArrayBuffer[]);
}
