/** Rows of text in, rows of vectors out, as JSON lines. */
import { EXIT, ThroughlineError } from '../../../error.ts';
import type { Embedded, Embedder } from '../../../model/types.ts';
import { BYTES_PER_NUMBER, writeFloats } from './float-text.ts';
import { linesOf } from './lines.ts';

/** As many texts as an embedder looks at together for equal lengths, where it does not say how many it takes. */
const BATCH_TEXTS = 1024;
const BATCH_BYTES = 8 * 1024 * 1024;

interface Row {
  readonly hash: string;
  readonly text: string;
}

/**
 * For each line `{"hash","text"}` one `{"hash","embedding":[...]}`, or `{"hash","code","message"}` where the text cannot be
 * embedded, in the order of the input; float32 values are exact. Holds two batches: while one is embedded, the one before it
 * is written and the next one is read. Throws ThroughlineError (65) for a line that is no row.
 */
export async function* embedLines(
  input: AsyncIterable<Buffer>,
  embedder: Embedder,
): AsyncGenerator<Buffer, void, void> {
  let before: Promise<Answered> | undefined;
  for await (const rows of batches(input, embedder.info.batch ?? BATCH_TEXTS)) {
    const answered = answer(rows, embedder);
    // Looked at when its turn comes.
    answered.catch(() => {});
    if (before) yield* answerLines(await before);
    before = answered;
  }
  if (before) yield* answerLines(await before);
}

interface Answered extends Embedded {
  readonly rows: readonly Row[];
  readonly dimension: number;
}

async function answer(rows: readonly Row[], embedder: Embedder): Promise<Answered> {
  const embedded = await embedder.embed(rows.map(({ text }) => text));
  if (embedded.error) throw embedded.error;
  return { ...embedded, rows, dimension: embedder.info.dimension };
}

function* answerLines({ rows, vectors, failures, dimension }: Answered): Generator<Buffer, void, void> {
  const failed = new Map(failures.map((failure) => [failure.index, failure]));
  for (const [i, { hash }] of rows.entries()) {
    const failure = failed.get(i);
    if (failure === undefined) yield vectorLine(hash, vectors.subarray(i * dimension, (i + 1) * dimension));
    else yield failureLine(hash, failure.code, failure.message);
  }
}

async function* batches(input: AsyncIterable<Buffer>, size: number): AsyncGenerator<Row[], void, void> {
  let rows: Row[] = [];
  let bytes = 0;
  let number = 0;
  for await (const line of linesOf(input)) {
    rows.push(rowOf(line, ++number));
    bytes += line.length;
    if (rows.length < size && bytes < BATCH_BYTES) continue;
    yield rows;
    rows = [];
    bytes = 0;
  }
  if (rows.length > 0) yield rows;
}

function rowOf(line: Buffer, number: number): Row {
  let row: Partial<Row> | null;
  try {
    row = JSON.parse(line.toString());
  } catch (error) {
    throw badLine(number, `is not JSON: ${(error as Error).message}`);
  }
  if (typeof row?.hash !== 'string' || typeof row.text !== 'string')
    throw badLine(number, 'has no hash and text');
  return row as Row;
}

function badLine(number: number, problem: string): ThroughlineError {
  return new ThroughlineError(`line ${number} of the worker's input ${problem}`, {
    code: 'worker_input',
    exitCode: EXIT.badData,
  });
}

function vectorLine(hash: string, vector: Float32Array): Buffer {
  const head = Buffer.from(`{"hash":${JSON.stringify(hash)},"embedding":`);
  const line = Buffer.allocUnsafe(head.length + vector.length * BYTES_PER_NUMBER + 4);
  head.copy(line);
  const end = writeFloats(line, head.length, vector);
  return line.subarray(0, end + line.write('}\n', end, 'latin1'));
}

function failureLine(hash: string, code: string, message: string): Buffer {
  return Buffer.from(`${JSON.stringify({ hash, code, message })}\n`);
}
