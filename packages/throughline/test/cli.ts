/** The command line as its users have it: a child process, its exit code, what it printed. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { RunResult } from '../src/run/index.ts';

export const BIN = join(import.meta.dirname, '..', 'bin', 'throughline.js');

/** What --json prints where a command fails. */
export interface Failure {
  error: { code: string; message: string; hint?: string };
}

/** `T` is the document that the command promises. */
export interface Ran<T = RunResult> {
  /** null if a signal ended the process. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** The one document on stdout; undefined if stdout is not JSON. */
  json: T & Failure;
}

export interface RunOptions {
  cwd: string;
  env?: Record<string, string>;
  /** Runs as this user; only root may ask for it. */
  uid?: number;
  /** In a process group of its own, to be killed with all that it starts. */
  ownGroup?: boolean;
}

/** Runs one command to its end. Never throws for what the command does. */
export function run<T = RunResult>(args: readonly string[], options: RunOptions): Promise<Ran<T>> {
  return ended(start(args, options));
}

/** A command that is under way. */
export function start(
  args: readonly string[],
  { cwd, env = {}, uid, ownGroup = false }: RunOptions,
): ChildProcess {
  const options: SpawnOptions = {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: ownGroup,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  };
  return spawn(process.execPath, [BIN, ...args], options);
}

export function ended<T = RunResult>(child: ChildProcess): Promise<Ran<T>> {
  let [stdout, stderr] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(ranOf<T>({ code, signal, stdout, stderr })));
  });
}

/** How a command ended, with the document that it printed. */
export function ranOf<T>(ended: Omit<Ran<T>, 'json'>): Ran<T> {
  return { ...ended, json: parseOptional(ended.stdout) as T & Failure };
}

function parseOptional(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
