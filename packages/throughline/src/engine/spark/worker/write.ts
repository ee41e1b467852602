import type { Writable } from 'node:stream';

/** What is written at once: a system call costs as much as a vector. */
const WRITE_BYTES = 64 * 1024;

/** Nobody wants the answers any more. */
export class ReaderGoneError extends Error {}

/**
 * Writes the lines, and waits where their reader is slower. Throws ReaderGoneError where it has gone, or has taken nothing for
 * `patienceMs`: Spark leaves a worker alone whose task was cancelled, or needs no more rows, with its pipes open for as long
 * as the executor lives.
 */
export async function writeLines(
  lines: AsyncIterable<Buffer>,
  out: Writable,
  patienceMs: number,
): Promise<void> {
  // Told by the callbacks.
  out.on('error', () => {});
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const line of lines) {
    held.push(line);
    bytes += line.length;
    if (bytes < WRITE_BYTES) continue;
    await write(out, Buffer.concat(held), patienceMs);
    held = [];
    bytes = 0;
  }
  await write(out, Buffer.concat(held), patienceMs, { toTheEnd: true });
}

/** Waits for all that was written where `out` holds enough, or where it is the end. */
function write(out: Writable, chunk: Buffer, patienceMs: number, { toTheEnd = false } = {}): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const hasRoom = out.write(chunk, (cause) => {
    if (cause) reject(new ReaderGoneError(cause.message, { cause }));
    else resolve();
  });
  if (hasRoom && !toTheEnd) resolve();
  const timer = setTimeout(
    () => reject(new ReaderGoneError(`nobody has read for ${patienceMs} ms`)),
    patienceMs,
  );
  return promise.finally(() => clearTimeout(timer));
}
