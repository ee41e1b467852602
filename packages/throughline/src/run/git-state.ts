import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface GitState {
  commit: string;
  /** Whether files that git knows differ from the commit. */
  dirty: boolean;
}

const MOST_MS = 5_000;

/** Of the project that a folder belongs to; undefined where it is in none, or git is not there. */
export async function gitState(directory: string): Promise<GitState | undefined> {
  const git = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)('git', ['-C', directory, ...args], { timeout: MOST_MS });
    return stdout.trim();
  };
  try {
    const commit = await git('rev-parse', 'HEAD');
    return { commit, dirty: (await git('status', '--porcelain', '--untracked-files=no')) !== '' };
  } catch {
    return undefined;
  }
}
