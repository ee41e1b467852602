import { fork } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { EXIT, ThroughlineError } from '../error.ts';
import type { ProcessAnswer } from './index-process.ts';

interface ProcessOptions {
  signal: AbortSignal;
  onProgress?: (passages: number) => void;
}

const PROGRAMS = {
  build: new URL('./build-process.ts', import.meta.url),
  verify: new URL('./verify-process.ts', import.meta.url),
};

/** Works on an index in a process of its own; resolves to what that answers. */
export function runIndexProcess<Request extends object, Result>(
  what: keyof typeof PROGRAMS,
  request: Request,
  { signal, onProgress }: ProcessOptions,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = fork(PROGRAMS[what], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'json',
      env: { ...process.env, ...keepCompiled() },
    });
    let stderr = '';
    child.stderr!.on('data', (data: Buffer) => {
      stderr = (stderr + data.toString()).slice(-4_000);
    });
    const stop = () => child.kill('SIGTERM');
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    let result: { done: Result } | Error | undefined;
    child.on('message', (message: ProcessAnswer<Result>) => {
      if (message.type === 'progress') onProgress?.(message.passages);
      else result = message.type === 'done' ? { done: message.result } : errorOf(what, message);
    });
    child.on('error', (error) => {
      result = error;
    });
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(signal.reason);
      else if (result instanceof Error) reject(result);
      else if (result && code === 0) resolve(result.done);
      else reject(failed(what, `its process ended with ${killedBy ?? code}: ${stderr.trim()}`));
    });
    // Where it is gone already, that it was closed says why.
    child.send(request, () => {});
  });
}

/** It has the same code as this process, which is compiled once for both: a second of each run from the source. */
function keepCompiled(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir();
  // It names the part for this version of Node, the variable the whole.
  return folder ? { NODE_COMPILE_CACHE: dirname(folder) } : {};
}

/** Of what went wrong there, what a user can mend keeps its meaning. */
function errorOf(
  what: keyof typeof PROGRAMS,
  { message, exitCode, code, hint }: ProcessAnswer<never> & { type: 'failed' },
): ThroughlineError {
  if (exitCode === EXIT.internal) return failed(what, message);
  return new ThroughlineError(`${FAILED[what]}: ${message}`, {
    code,
    exitCode,
    ...(hint === undefined ? {} : { hint }),
  });
}

const FAILED = { build: 'the index could not be built', verify: 'the index could not be verified' } as const;

function failed(what: keyof typeof PROGRAMS, reason: string): ThroughlineError {
  return new ThroughlineError(`${FAILED[what]}: ${reason}`, {
    code: 'index_failed',
    exitCode: EXIT.internal,
    hint: 'The tables are complete and the old index still serves. Try again: throughline run',
  });
}
