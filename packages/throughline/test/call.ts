/** The command line in this process: a second or more of the processor less than a process of its own takes. */
import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { main } from '../src/cli/main.ts';
import { openTerminal } from '../src/cli/terminal.ts';
import type { RunResult } from '../src/run/index.ts';
import { type Ran, ranOf } from './cli.ts';

/** Folder and exit code are of the process: one command after the other. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs one command to its end, in a folder; never throws for what it does. Not where the process counts: signals, several at
 * once, another user or environment, what Commander says of a wrong option, and files that are streamed to stdout.
 */
export function call<T = RunResult>(args: readonly string[], folder: string): Promise<Ran<T>> {
  const ran = last.then(() => alone<T>(args, folder));
  last = ran.catch(() => {});
  return ran;
}

async function alone<T>(args: readonly string[], folder: string): Promise<Ran<T>> {
  const [stdout, stderr] = [kept(), kept()];
  const before = { folder: process.cwd(), exitCode: process.exitCode };
  const terminal = openTerminal(stdout.stream, stderr.stream);
  process.chdir(folder);
  process.exitCode = undefined;
  try {
    const code = await main(args, { terminal, clock: Date.now, newId: randomUUID, env: process.env });
    return ranOf<T>({ code, signal: null, stdout: stdout.text(), stderr: stderr.text() });
  } finally {
    process.exitCode = before.exitCode;
    process.chdir(before.folder);
  }
}

/** A stream that is no terminal, and what was written to it. */
function kept(): { stream: NodeJS.WriteStream; text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}
