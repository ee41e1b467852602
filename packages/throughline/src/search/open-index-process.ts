import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { EXIT, ThroughlineError } from '../error.ts';
import type { BuildRequest, Built } from './build-collection.ts';
import type { IndexWork, ProcessAnswer, ProcessRequest } from './index-process.ts';
import type { Verification } from './verify/verify-index.ts';
import type { VerifyRequest } from './verify-collection.ts';

/** Works on indexes for this process, in one of its own: its memory and its crashes stay there. */
export interface IndexProcess extends AsyncDisposable {
  build(request: BuildRequest, onProgress?: (passages: number) => void): Promise<Built>;
  verify(request: VerifyRequest): Promise<Verification>;
}

const PROGRAM = new URL('./index-process.ts', import.meta.url);

/** It starts with the first request, and takes one at a time. Where `signal` is aborted it ends, and what was asked rejects with the reason. */
export function openIndexProcess(signal: AbortSignal): IndexProcess {
  let started: Started | undefined;
  const ask = async (request: ProcessRequest, onProgress?: (passages: number) => void) => {
    signal.throwIfAborted();
    started ??= start(signal);
    try {
      return await answerOf(started, request, onProgress);
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  };
  return {
    build: async (request, onProgress) => (await ask({ what: 'build', request }, onProgress)) as Built,
    verify: async (request) => (await ask({ what: 'verify', request })) as Verification,
    [Symbol.asyncDispose]: async () => {
      if (started) await end(started.child);
    },
  };
}

interface Started {
  child: ChildProcess;
  /** The last that it printed there. */
  stderr(): string;
}

function start(signal: AbortSignal): Started {
  const child = fork(PROGRAM, {
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
  child.once('exit', () => signal.removeEventListener('abort', stop));
  return { child, stderr: () => stderr.trim() };
}

/** It has the same code as this process, which is compiled once for both: a second of each run from the source. */
function keepCompiled(): NodeJS.ProcessEnv {
  const folder = getCompileCacheDir();
  // It names the part for this version of Node, the variable the whole.
  return folder ? { NODE_COMPILE_CACHE: dirname(folder) } : {};
}

async function end(child: ChildProcess): Promise<void> {
  const hasEnded = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  if (hasEnded) return;
  const exited = once(child, 'exit');
  if (child.connected) child.disconnect();
  await exited;
}

function answerOf(
  { child, stderr }: Started,
  { what, request }: ProcessRequest,
  onProgress: ((passages: number) => void) | undefined,
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const hear = (message: ProcessAnswer) => {
    if (message.type === 'progress') onProgress?.(message.passages);
    else if (message.type === 'done') resolve(message.result);
    else reject(errorOf(what, message));
  };
  const fail = (error: Error) => reject(failed(what, error.message));
  const close = (code: number | null, killedBy: NodeJS.Signals | null) =>
    reject(failed(what, `its process ended with ${killedBy ?? code}: ${stderr()}`));
  child.on('message', hear).once('error', fail).once('close', close);
  // Where it is gone already, that it was closed says why.
  child.send({ what, request }, () => {});
  return promise.finally(() => child.off('message', hear).off('error', fail).off('close', close));
}

/** Of what went wrong there, what a user can mend keeps its meaning. */
function errorOf(
  what: IndexWork,
  { message, exitCode, code, hint }: ProcessAnswer & { type: 'failed' },
): ThroughlineError {
  if (exitCode === EXIT.internal) return failed(what, message);
  return new ThroughlineError(`${FAILED[what]}: ${message}`, {
    code,
    exitCode,
    ...(hint === undefined ? {} : { hint }),
  });
}

const FAILED = { build: 'the index could not be built', verify: 'the index could not be verified' } as const;

function failed(what: IndexWork, reason: string): ThroughlineError {
  return new ThroughlineError(`${FAILED[what]}: ${reason}`, {
    code: 'index_failed',
    exitCode: EXIT.internal,
    hint: 'The tables are complete and the old index still serves. Try again: throughline run',
  });
}
