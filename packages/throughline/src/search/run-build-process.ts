import { fork } from 'node:child_process';
import { EXIT, ThroughlineError } from '../error.ts';
import type { BuildAnswer, BuildRequest } from './build-process.ts';

interface BuildOptions {
  signal: AbortSignal;
  onProgress?: (passages: number) => void;
}

/** Builds a collection in a process of its own; resolves to the passages in it. */
export function runBuildProcess(
  request: BuildRequest,
  { signal, onProgress }: BuildOptions,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./build-process.ts', import.meta.url), {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'json',
    });
    let stderr = '';
    child.stderr!.on('data', (data: Buffer) => {
      stderr = (stderr + data.toString()).slice(-4_000);
    });
    const stop = () => child.kill('SIGTERM');
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    let result: number | Error | undefined;
    child.on('message', (message: BuildAnswer) => {
      if (message.type === 'progress') onProgress?.(message.passages);
      else result = message.type === 'done' ? message.passages : errorOf(message);
    });
    child.on('error', (error) => {
      result = error;
    });
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(signal.reason);
      else if (typeof result === 'number' && code === 0) resolve(result);
      else
        reject(
          result instanceof Error
            ? result
            : buildError(`its process ended with ${killedBy ?? code}: ${stderr.trim()}`),
        );
    });
    child.send(request);
  });
}

/** Of what went wrong there, what a user can mend keeps its meaning. */
function errorOf({ message, exitCode, code, hint }: BuildAnswer & { type: 'failed' }): ThroughlineError {
  if (exitCode === EXIT.internal) return buildError(message);
  return new ThroughlineError(`the index could not be built: ${message}`, {
    code,
    exitCode,
    ...(hint === undefined ? {} : { hint }),
  });
}

function buildError(reason: string): ThroughlineError {
  return new ThroughlineError(`the index could not be built: ${reason}`, {
    code: 'index_failed',
    exitCode: EXIT.internal,
    hint: 'The tables are complete and the old index still serves. Try again: throughline run',
  });
}
