/** `throughline run --follow` as a process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { BIN } from './cli.ts';
import type { Project } from './project.ts';

export interface Follower {
  child: ChildProcess;
  ended: Promise<number | null>;
  /** The last of what it said. */
  told(): string;
}

export function startFollower(
  { folder }: Project,
  env: Record<string, string> = {},
  args: readonly string[] = [],
): Follower {
  const child = spawn(process.execPath, [BIN, 'run', '--follow', ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    told = (told + text).slice(-20_000);
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return { child, ended, told: () => told };
}
