import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { EXIT, ThroughlineError } from '../error.ts';
import type { BuildRequest, Built } from './build-collection.ts';
import type { IndexWork, ProcessAnswer, ProcessRequest } from './index-process.ts';
import type { Verification } from './verify/verify-index.ts';
import type { VerifyRequest } from './verify-collection.ts';

/** Works on indexes for this process, in one of its own: its memory and its crashes stay there. One request at a time. */
export interface IndexProcess extends AsyncDisposable {
  build(request: BuildRequest, onProgress?: (passages: number) => void): Promise<Built>;
  verify(request: VerifyRequest): Promise<Verification>;
}

type Work = keyof IndexWork;

const PROGRAM = new URL('./index-process.ts', import.meta.url);
/** What the build of more passages leaves in memory costs more than to load the program once more. */
const FEW = 20_000;

/**
 * It is started by a request. Where `signal` is aborted it ends, and what was asked rejects with the reason. After a build of more passages than `few`
 * it ends too, and the next request starts another.
 */
export function openIndexProcess(signal: AbortSignal, few = FEW): IndexProcess {
  let child: ChildProcess | undefined;
  const ask = async <What extends Work>(
    asked: ProcessRequest<What>,
    onProgress?: (passages: number) => void,
  ): Promise<IndexWork[What]['result']> => {
    signal.throwIfAborted();
    // One that was killed since the last request is followed by another.
    if (!child?.connected) child = start(signal);
    try {
      return await answerOf(child, asked, onProgress);
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  };
  const close = async () => {
    if (child) await end(child);
  };
  return {
    async build(request, onProgress) {
      const built = await ask<'build'>({ what: 'build', request }, onProgress);
      if (built.passages > few) await close();
      return built;
    },
    verify: (request) => ask<'verify'>({ what: 'verify', request }),
    [Symbol.asyncDispose]: close,
  };
}

function start(signal: AbortSignal): ChildProcess {
  const child = fork(PROGRAM, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'json',
    env: { ...process.env, ...keepCompiled() },
  });
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  child.once('exit', () => signal.removeEventListener('abort', stop));
  // Between two requests nobody listens, and whether it still lives is seen by the next.
  child.on('error', () => {});
  child.stderr!.resume();
  return child;
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

function answerOf<What extends Work>(
  child: ChildProcess,
  asked: ProcessRequest<What>,
  onProgress: ((passages: number) => void) | undefined,
): Promise<IndexWork[What]['result']> {
  const { what } = asked;
  const { promise, resolve, reject } = Promise.withResolvers<IndexWork[What]['result']>();
  let stderr = '';
  const read = (data: Buffer) => {
    stderr = (stderr + data.toString()).slice(-4_000);
  };
  const hear = (message: ProcessAnswer<What>) => {
    if (message.type === 'progress') onProgress?.(message.passages);
    else if (message.type === 'done') resolve(message.result);
    else reject(errorOf(what, message));
  };
  const fail = (error: Error) => reject(failed(what, error.message));
  const close = (code: number | null, killedBy: NodeJS.Signals | null) =>
    reject(failed(what, `its process ended with ${killedBy ?? code}: ${stderr.trim()}`));
  child.on('message', hear).once('error', fail).once('close', close).stderr!.on('data', read);
  // Where it is gone already, that it was closed says why.
  child.send(asked, () => {});
  return promise.finally(() => {
    child.off('message', hear).off('error', fail).off('close', close).stderr!.off('data', read);
  });
}

/** Of what went wrong there, what a user can mend keeps its meaning. */
function errorOf(
  what: Work,
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

function failed(what: Work, reason: string): ThroughlineError {
  return new ThroughlineError(`${FAILED[what]}: ${reason}`, {
    code: 'index_failed',
    exitCode: EXIT.internal,
    hint: 'The tables are complete and the old index still serves. Try again: throughline run',
  });
}
