/**
 * A command in this process: what `run` of `cli.ts` gives, without the start of a process, which takes longer than most
 * commands do. For what a command does to a lake; that it is a process with an exit code, tests of `run` show.
 */
import { randomUUID } from 'node:crypto';
import { main } from '../src/cli/main.ts';
import { openTerminal } from '../src/cli/terminal.ts';
import type { RunResult } from '../src/run/index.ts';
import { type Failure, parseOptional, type Ran } from './cli.ts';

/** A process has one folder that it is in and one exit code: calls wait for each other. */
let last: Promise<unknown> = Promise.resolve();

/** Wrong use is told on this process's own stderr. Never throws for what the command does. */
export function call<T = RunResult>(args: readonly string[], cwd: string): Promise<Ran<T>> {
  const ran = last.then(() => calledIn<T>(args, cwd));
  last = ran.catch(() => {});
  return ran;
}

async function calledIn<T>(args: readonly string[], cwd: string): Promise<Ran<T>> {
  const [stdout, stderr] = [collector(), collector()];
  const [folder, exitCode] = [process.cwd(), process.exitCode];
  process.chdir(cwd);
  process.exitCode = undefined;
  try {
    const terminal = openTerminal(stdout.stream, stderr.stream);
    const code = await main(args, { terminal, clock: Date.now, newId: randomUUID, env: process.env });
    const json = parseOptional(stdout.text()) as T & Failure;
    return { code, signal: null, stdout: stdout.text(), stderr: stderr.text(), json };
  } finally {
    process.exitCode = exitCode;
    process.chdir(folder);
  }
}

/** As much of a stream as a terminal takes. */
function collector(): { stream: NodeJS.WriteStream; text: () => string } {
  let text = '';
  const write = (more: string) => {
    text += more;
    return true;
  };
  return { stream: { write, on: () => {} } as unknown as NodeJS.WriteStream, text: () => text };
}
