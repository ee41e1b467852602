/** Processes that end with this one, however it ends. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

const STOP_MS = 30_000;

export interface WithUs {
  child: ChildProcess;
  /** Asks it to end and waits; after 30 s it is killed. */
  stop(): Promise<void>;
}

/** A shell becomes the program, so that both have one pid; its helper ends it when a pipe closes that only this process holds open. */
const WITH_US = '{ cat <&3 >/dev/null 2>&1; kill "$$" 2>/dev/null; } 2>/dev/null & exec "$@" 3<&-';

/** Its standard error is a pipe. */
export function spawnWithUs(command: readonly string[], options: Omit<SpawnOptions, 'stdio'>): WithUs {
  const child = spawn('sh', ['-c', WITH_US, 'sh', ...command], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const lifeline = child.stdio[3] as NodeJS.WritableStream & { destroy(): void };
  lifeline.on('error', () => {}); // it has ended already
  ended.then(() => lifeline.destroy()); // or a process that was killed would keep this one
  const stop = async () => {
    const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    lifeline.destroy();
    await ended;
    clearTimeout(deadline);
  };
  return { child, stop };
}

/** Of JAVA_HOME, before that of the PATH. */
export function java(): string {
  return process.env.JAVA_HOME ? `${process.env.JAVA_HOME}/bin/java` : 'java';
}
