import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Engine } from '../engines/engine.ts';

const run = promisify(execFile);

/** npm's words for a registry that does not answer; anything else that goes wrong is a fault of the packages. */
const UNREACHABLE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ENOTCACHED|E5\d\d)\b/;

type Installed = Engine<object>;

/**
 * Installs `specs` into `folder`, which gets a package.json of its own. Only `node`'s install script runs: without it there
 * is no binary. A registry out of reach is a reason to skip, or an error with THROUGHLINE_REQUIRE_ENGINES=1.
 */
export async function npmInstall(folder: string, specs: readonly string[]): Promise<Installed> {
  await mkdir(folder, { recursive: true });
  const manifest = {
    private: true,
    allowScripts: { node: true, 'onnxruntime-node': false, '@zvec/zvec': false },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  // For a client that runs every script: no GPU libraries.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  try {
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...specs], {
      cwd: folder,
      env,
    });
    return { ok: true };
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    const code = UNREACHABLE.exec(stderr)?.[0];
    if (code === undefined) throw new Error(`npm install ${specs.join(' ')}: ${stderr || message}`);
    const reason = `the npm registry is out of reach (${code})`;
    if (process.env.THROUGHLINE_REQUIRE_ENGINES === '1') throw new Error(reason, { cause: error });
    return { ok: false, reason };
  }
}
