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

async function install(directory: string, words: readonly string[]): Promise<void> {
  await run('python3', ['-m', 'venv', directory]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...words];
  await run(interpreter(directory), pip, { maxBuffer: 64 * 1024 * 1024 });
}

function interpreter(directory: string): string {
  return join(directory, 'bin', 'python');
}
