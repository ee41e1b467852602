/** A tracking server of MLflow for tests, from PyPI, on the loopback. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Engine, engine } from './engine.ts';
import { freePort } from './free-port.ts';
import { COMPILED_WHEN_RUN, pythonVenv } from './python-venv.ts';

export interface Mlflow {
  /** `http://127.0.0.1:PORT` */
  url: string;
  stop(): Promise<void>;
}

const MLFLOW = 'mlflow==3.17.2';
const START_MS = 120_000;

/** Its runs are in a database of its own, which ends with it. */
export async function mlflow(): Promise<Engine<Mlflow>> {
  return await engine('MLflow server', async () => {
    const venv = await pythonVenv([MLFLOW], COMPILED_WHEN_RUN.pipFlags);
    if (!venv.ok) throw new Error(venv.reason);
    const folder = await mkdtemp(join(tmpdir(), 'throughline-mlflow-'));
    const port = await freePort();
    const store = ['--backend-store-uri', `sqlite:///${join(folder, 'runs.db')}`];
    const words = ['--host', '127.0.0.1', '--port', `${port}`, '--workers', '1', ...store];
    const server = spawn(venv.python, ['-m', 'mlflow', 'server', ...words], {
      cwd: folder,
      stdio: 'ignore',
      // Its workers are processes of their own: they end together.
      detached: true,
      env: {
        ...{ ...process.env, ...COMPILED_WHEN_RUN.env },
        ...{ MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
      },
    });
    const stop = async () => {
      await end(server);
      await rm(folder, { recursive: true, force: true });
    };
    const url = `http://127.0.0.1:${port}`;
    await untilUp(url, server).catch(async (error) => {
      await stop();
      throw error;
    });
    return { url, stop };
  });
}

async function untilUp(url: string, server: ChildProcess): Promise<void> {
  const late = performance.now() + START_MS;
  while (performance.now() < late) {
    if (server.exitCode !== null) throw new Error(`it ended with ${server.exitCode}`);
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
  throw new Error(`it was not up after ${START_MS / 1000} s`);
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.pid === undefined) return;
  const ended = once(server, 'exit');
  process.kill(-server.pid, 'SIGTERM');
  await ended;
}
