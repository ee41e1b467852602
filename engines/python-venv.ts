/**
 * Python environments for tests and benches, made once in the user's cache directory and shared by every
 * clone. The directory's name is a digest of the requirements, so a changed list never reuses an old one.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The interpreter of a ready environment, or the reason why there is none. */
export type Engine = { ok: true; python: string } | { ok: false; reason: string };

export function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'throughline');
}

/**
 * Makes a virtual environment with `requirements` (pip's words, pinned) unless it is there.
 * With THROUGHLINE_REQUIRE_ENGINES=1 a missing engine is an error instead of a reason to skip.
 */
export async function pythonVenv(
  requirements: readonly string[],
  pipFlags: readonly string[] = [],
): Promise<Engine> {
  try {
    return { ok: true, python: await makeVenv(requirements, pipFlags) };
  } catch (error) {
    const reason = `no Python environment with ${requirements.join(', ')}: ${(error as Error).message.split('\n')[0]}`;
    if (process.env.THROUGHLINE_REQUIRE_ENGINES === '1') throw new Error(reason, { cause: error });
    return { ok: false, reason };
  }
}

async function makeVenv(requirements: readonly string[], pipFlags: readonly string[]): Promise<string> {
  const digest = createHash('sha256')
    .update(JSON.stringify([requirements, pipFlags]))
    .digest('hex')
    .slice(0, 16);
  const directory = join(cacheDirectory(), `venv-${digest}`);
  const python = join(directory, 'bin', 'python');
  if (await exists(join(directory, 'ready'))) return python;
  await mkdir(cacheDirectory(), { recursive: true });
  return await withLock(`${directory}.lock`, async () => {
    if (await exists(join(directory, 'ready'))) return python;
    await rm(directory, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', directory]);
    await run(
      python,
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...pipFlags, ...requirements],
      {
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    await mkdir(join(directory, 'ready'));
    return python;
  });
}

const LOCK_STALE_MS = 15 * 60_000;

/** Test files run in parallel: one makes the environment, the others wait. A lock left by a crash expires. */
async function withLock<T>(lock: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const age =
        Date.now() -
        (await stat(lock)
          .then((s) => s.mtimeMs)
          .catch(() => Date.now()));
      if (age > LOCK_STALE_MS) await rename(lock, `${lock}.${process.pid}`).catch(() => {});
      else await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  try {
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
