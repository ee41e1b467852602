/**
 * Entry of the worker on an executor: `node worker.mjs MODE SETTINGS`, rows as JSON lines on standard input and output. Ends
 * with an error's exit code, after its message and hint on standard error.
 */
import { once } from 'node:events';
import { asThroughlineError, EXIT, ThroughlineError } from '../../../error.ts';
import { openInlineEmbedder } from '../../../model/inline.ts';
import { embedLines } from './embed.ts';
import { mapLines, type RowMode, rowFunction } from './modes.ts';
import { decodeSettings } from './settings.ts';

/** What is written at once: a system call costs as much as a vector. */
const WRITE_BYTES = 64 * 1024;

try {
  const [mode, word] = process.argv.slice(2);
  if (mode === 'embed') {
    await using embedder = await openInlineEmbedder(decodeSettings<'embed'>(word).model);
    await write(embedLines(process.stdin, embedder));
  } else
    await write(
      mapLines(process.stdin, await rowFunction(rowMode(mode), decodeSettings<RowMode>(word) as never)),
    );
} catch (thrown) {
  const { message, hint, exitCode } = asThroughlineError(thrown);
  process.exitCode = exitCode;
  process.stderr.write(hint === undefined ? `${message}\n` : `${message}\n${hint}\n`);
  // What is still to come is not waited for.
  process.stdin.destroy();
}

function rowMode(mode: string | undefined): RowMode {
  if (mode === 'times' || mode === 'cursors' || mode === 'map') return mode;
  const details = { code: 'worker_usage', exitCode: EXIT.usage };
  throw new ThroughlineError(`the worker does not know the mode ${JSON.stringify(mode)}`, details);
}

/** Waits where the reader is slower. */
async function write(lines: AsyncIterable<Buffer>): Promise<void> {
  let held: Buffer[] = [];
  let bytes = 0;
  const flush = async () => {
    const isFull = !process.stdout.write(Buffer.concat(held));
    held = [];
    bytes = 0;
    if (isFull) await once(process.stdout, 'drain');
  };
  for await (const line of lines) {
    held.push(line);
    bytes += line.length;
    if (bytes >= WRITE_BYTES) await flush();
  }
  await flush();
}
