/**
 * Entry of one embedding thread: its own tokenizer and its own single-threaded session. `session.run` blocks the
 * thread, and terminating it in the middle aborts the process: the thread ends itself, between two jobs, when asked.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { openEncoder } from './encoder.ts';
import type { Answer, Job, ThreadSettings } from './protocol.ts';

const settings: ThreadSettings = workerData;
const port = parentPort!;

const encoder = await openEncoder(settings);
let queue: Promise<unknown> = Promise.resolve();
port.on('message', (job: Job) => {
  queue = queue.then(() => run(job));
});
answer({ type: 'ready' }, []);

async function run(job: Job): Promise<void> {
  if (job.type === 'close') {
    await encoder.release();
    port.close();
    return;
  }
  try {
    if (job.type === 'tokenize') answerTokens(encoder.tokenize(job.texts));
    else await answerVectors(job.ids, job.rows);
  } catch (error) {
    answer({ type: 'failed', message: error instanceof Error ? error.message : String(error) }, []);
  }
}

function answerTokens(encoded: readonly Int32Array[]): void {
  const lengths = Int32Array.from(encoded, (ids) => ids.length);
  const ids = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const one of encoded) {
    ids.set(one, at);
    at += one.length;
  }
  answer({ type: 'tokenized', ids, lengths }, [ids.buffer, lengths.buffer]);
}

async function answerVectors(ids: Int32Array, rows: number): Promise<void> {
  const vectors = await encoder.embed(ids, rows);
  answer({ type: 'embedded', vectors }, [vectors.buffer]);
}

function answer(message: Answer, transfer: readonly ArrayBufferLike[]): void {
  port.postMessage(message, transfer as ArrayBuffer[]);
}
