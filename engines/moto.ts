/** An S3 server for tests: moto, from PyPI. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Engine, engine } from './engine.ts';
import { COMPILED_WHEN_RUN, pythonVenv } from './python-venv.ts';

export interface Moto {
  /** `http://127.0.0.1:PORT` */
  endpoint: string;
  /** What a client of the AWS SDK needs in its environment, and nothing of the user's own configuration. */
  env: Record<string, string>;
  /** Makes an empty bucket. */
  createBucket(name: string): Promise<void>;
  stop(): Promise<void>;
}

const MOTO = 'moto[server,s3]==5.2.5';
const START_MS = 60_000;

/**
 * Starts a server of its own on a free port of the loopback; its buckets are in its memory and end with it.
 * It handles one request at a time: moto itself looks whether a key is there and then puts it, without a lock.
 */
export async function moto(): Promise<Engine<Moto>> {
  return await engine('moto server', async () => {
    const venv = await pythonVenv([MOTO], COMPILED_WHEN_RUN.pipFlags);
    if (!venv.ok) throw new Error(venv.reason);
    const server = spawn(venv.python, [join(import.meta.dirname, 'moto_server.py')], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, ...COMPILED_WHEN_RUN.env },
    });
    const endpoint = `http://127.0.0.1:${await portOf(server)}`;
    return {
      endpoint,
      env: environment(endpoint),
      createBucket: (name) => createBucket(endpoint, name),
      stop: () => stop(server),
    };
  });
}

/** The server prints its port when it listens. */
async function portOf(server: ChildProcess): Promise<number> {
  const lines = createInterface({ input: server.stdout! });
  const timeout = AbortSignal.timeout(START_MS);
  try {
    const [line] = (await Promise.race([
      once(lines, 'line', { signal: timeout }),
      once(server, 'exit').then(([code]) => {
        throw new Error(`the server ended with code ${code}`);
      }),
    ])) as [string];
    return Number(line);
  } catch (error) {
    server.kill();
    throw error;
  }
}

function environment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test-secret',
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

async function createBucket(endpoint: string, name: string): Promise<void> {
  const answer = await fetch(`${endpoint}/${name}`, { method: 'PUT' });
  if (!answer.ok) throw new Error(`moto made no bucket ${name}: ${await answer.text()}`);
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await ended;
}
