/** Python environments for tests and benches. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Engine, engine } from './engine.ts';
import { madeOnce } from './made-once.ts';

const run = promisify(execFile);

/**
 * The interpreter of a virtual environment with `requirements` (pip's words, pinned), made unless it is there.
 */
export async function pythonVenv(
  requirements: readonly string[],
  pipFlags: readonly string[] = [],
): Promise<Engine<{ python: string }>> {
  return await engine(`Python environment with ${requirements.join(', ')}`, async () => {
    const directory = await madeOnce('venv', [requirements, pipFlags], (made) =>
      install(made, [...pipFlags, ...requirements]),
    );
    return { python: interpreter(directory) };
  });
}

/**
 * For a large program of which little is run: its modules are compiled when they are imported, if it is started in this environment,
 * and not when they are installed, which takes as long as all else.
 */
export const COMPILED_WHEN_RUN = {
  pipFlags: ['--no-compile'],
  env: { PYTHONDONTWRITEBYTECODE: '' },
};

/** One pip serves all environments: a pip in each would take longer than most of what they hold. */
async function install(directory: string, words: readonly string[]): Promise<void> {
  // An environment of one version of Python has no pip for the next.
  const { stdout: version } = await run('python3', ['--version']);
  const pip = await madeOnce('venv', ['pip', version.trim()], (made) => run('python3', ['-m', 'venv', made]));
  await run('python3', ['-m', 'venv', '--without-pip', directory]);
  const into = ['-m', 'pip', '--python', interpreter(directory), '--disable-pip-version-check'];
  const installing = [...into, 'install', '--quiet', ...words];
  await run(interpreter(pip), installing, { maxBuffer: 64 * 1024 * 1024 });
}

function interpreter(directory: string): string {
  return join(directory, 'bin', 'python');
}
