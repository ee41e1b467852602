import { execFile } from 'node:child_process';
import { relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { plainAddress } from '../../run/kept-settings.ts';

const MOST_MS = 5_000;

export interface SourceCode {
  type: 'git';
  url: string;
  version: string;
  path?: string;
}

/** Where the user's project is kept: without users and keys. Undefined where it is in no repository. */
export async function sourceCode(directory: string, git: unknown): Promise<SourceCode | undefined> {
  const { commit } = (git ?? {}) as { commit?: string };
  if (commit === undefined) return undefined;
  const ask = (...args: string[]) =>
    promisify(execFile)('git', ['-C', directory, ...args], { timeout: MOST_MS })
      .then(({ stdout }) => stdout.trim())
      .catch(() => '');
  const [remote, top] = await Promise.all([
    ask('config', '--get', 'remote.origin.url'),
    ask('rev-parse', '--show-toplevel'),
  ]);
  const path = top === '' ? '' : relative(top, directory).split(sep).join('/');
  const url = remote === '' ? pathToFileURL(top || directory).href : addressOf(remote);
  return { type: 'git', url, version: commit, ...(path !== '' && { path }) };
}

/** `git@host:group/project.git` is no URI. */
function addressOf(remote: string): string {
  const [, host, path] = /^(?:[^@/]+@)?([^:/]+):(?!\/\/)(.+)$/.exec(remote) ?? [];
  if (host !== undefined) return `ssh://${host}/${path}`;
  return remote.startsWith('/') ? pathToFileURL(remote).href : plainAddress(remote);
}
