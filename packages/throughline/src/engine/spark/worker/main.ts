/**
 * Entry of the worker on an executor: `node worker.mjs MODE SETTINGS`, rows as JSON lines on standard input and output. Ends
 * with an error's exit code, after its message and hint on standard error. It is one file, so it is its model's thread, too.
 */
import { isMainThread } from 'node:worker_threads';
import { asThroughlineError, EXIT, ThroughlineError } from '../../../error.ts';
import { openOneThread } from '../../../model/one-thread.ts';
import { embedLines } from './embed.ts';
import { openMapLines } from './map-lines.ts';
import { mapLines, type RowMode, rowFunction } from './modes.ts';
import { openRowLines } from './row-lines.ts';
import { decodeSettings } from './settings.ts';
import { ReaderGoneError, writeLines } from './write.ts';

/** Longer than anything takes that Spark does between two rows. */
const PATIENCE_MS = 600_000;
/** That of a process which SIGPIPE ends. */
const READER_GONE = 141;

if (isMainThread) await work();
else await import('../../../model/worker.ts');

async function work(): Promise<void> {
  try {
    const [mode, word] = process.argv.slice(2);
    if (mode === 'embed') {
      const { model, patienceMs = PATIENCE_MS } = decodeSettings<'embed'>(word);
      await using embedder = await openOneThread(model, new URL(import.meta.url));
      await writeLines(embedLines(process.stdin, embedder), process.stdout, patienceMs);
    } else if (mode === 'rows') {
      await using command = openRowLines(decodeSettings<'rows'>(word));
      await writeLines(command.lines(process.stdin), process.stdout, PATIENCE_MS);
    } else if (mode === 'map') {
      await using mapper = await openMapLines(decodeSettings<'map'>(word));
      await writeLines(mapper.lines(process.stdin), process.stdout, PATIENCE_MS);
    } else {
      const of = rowFunction(rowMode(mode), decodeSettings<RowMode>(word) as never);
      await writeLines(mapLines(process.stdin, of), process.stdout, PATIENCE_MS);
    }
  } catch (thrown) {
    if (thrown instanceof ReaderGoneError) process.exit(READER_GONE);
    const { message, hint, exitCode } = asThroughlineError(thrown);
    // Neither what is still to come nor what nobody reads is waited for.
    process.stderr.write(hint === undefined ? `${message}\n` : `${message}\n${hint}\n`, () =>
      process.exit(exitCode),
    );
  }
}

function rowMode(mode: string | undefined): RowMode {
  if (mode === 'times' || mode === 'cursors') return mode;
  const details = { code: 'worker_usage', exitCode: EXIT.usage };
  throw new ThroughlineError(`the worker does not know the mode ${JSON.stringify(mode)}`, details);
}
