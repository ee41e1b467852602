/** Retries of dead letters: runs of the pipeline, in a process of their own so that searches do not wait for them. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AnswerOf, CheckedRequest } from '../api/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';

type RetryState = AnswerOf<'retry'>;

export interface RetryJob extends AsyncDisposable {
  state(): RetryState;
  /** Throws with exit code 75 while another one runs. */
  start(what: CheckedRequest<'retryDeadLetters'>['body']): RetryState;
}

export interface RetryOptions {
  /** The config as `serve` was given it. */
  config: string;
  profile?: string | undefined;
  env: NodeJS.ProcessEnv;
  clock: () => number;
}

const COMMAND = fileURLToPath(new URL('../../bin/throughline.js', import.meta.url));
const IDLE: RetryState = {
  ...{ state: 'idle', started: null, ended: null, message: null },
  ...{ tried: null, resolved: null, open: null },
};

export function openRetryJob({ config, profile, env, clock }: RetryOptions): RetryJob {
  let state = IDLE;
  let running: { stop: () => void; ended: Promise<void> } | undefined;
  const now = () => new Date(clock()).toISOString();
  return {
    state: () => state,
    start({ reason, chunk }) {
      if (running)
        throw new ThroughlineError('a retry is under way', {
          code: 'retry_running',
          exitCode: EXIT.tryAgain,
          hint: 'GET /v1/dlq/retry tells how it goes.',
        });
      const named = (name: string, value: string | undefined) =>
        value === undefined ? [] : [`--${name}=${value}`];
      const args = [
        ...[COMMAND, 'dlq', 'retry', '--json', `--config=${config}`],
        ...[...named('profile', profile), ...named('reason', reason), ...named('chunk', chunk)],
      ];
      const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
      state = { ...IDLE, state: 'running', started: now() };
      const ended = outputOf(child).then((document) => {
        state = { ...state, ...outcomeOf(document), ended: now() };
        running = undefined;
      });
      running = { ended, stop: () => child.kill('SIGTERM') };
      return state;
    },
    async [Symbol.asyncDispose]() {
      running?.stop();
      await running?.ended;
    },
  };
}

/** The document that it printed; undefined where it is none. */
async function outputOf(child: ReturnType<typeof spawn>): Promise<unknown> {
  let text = '';
  // Without handles left there is not even this.
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  await new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function outcomeOf(document: unknown): Partial<RetryState> {
  const { error, tried, resolved, open } = (document ?? {}) as {
    error?: { message: string; hint?: string };
    tried?: number;
    resolved?: number;
    open?: number;
  };
  if (tried !== undefined) return { state: 'done', tried, resolved: resolved ?? 0, open: open ?? 0 };
  const message = error
    ? [error.message, error.hint].filter(Boolean).join(' ')
    : 'the retry ended without a result';
  return { state: 'failed', message };
}
