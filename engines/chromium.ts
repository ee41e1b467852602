/** A real browser for tests of the web page: Chromium, as it is installed. */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium as playwright } from 'playwright-core';
import { type Engine, engine } from './engine.ts';

const run = promisify(execFile);

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const DEBIAN_PACKAGE = 'chromium';
/** WebGL without a graphics card, for the map. */
const ARGUMENTS = ['--enable-unsafe-swiftshader', '--use-angle=swiftshader'];

export interface Chromium {
  browser: Browser;
  stop(): Promise<void>;
}

/**
 * Starts the Chromium that CHROMIUM_PATH names, or the first on PATH. With THROUGHLINE_REQUIRE_ENGINES=1, root on a Debian
 * installs it where it is missing.
 */
export async function chromium(): Promise<Engine<Chromium>> {
  return await engine('Chromium', async () => {
    const executablePath = (await find()) ?? (await install());
    const browser = await playwright.launch({
      executablePath,
      args: [...ARGUMENTS, ...(isRoot() ? ['--no-sandbox'] : [])],
    });
    return { browser, stop: () => browser.close() };
  });
}

async function find(): Promise<string | undefined> {
  return process.env.CHROMIUM_PATH || (await onPath(NAMES));
}

/** The first of the names that a folder of PATH has. */
async function onPath(names: readonly string[]): Promise<string | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const name of names)
    for (const folder of folders) if (await isExecutable(join(folder, name))) return join(folder, name);
  return undefined;
}

async function install(): Promise<string> {
  const missing = `none of ${NAMES.join(', ')} is on PATH, and CHROMIUM_PATH is not set`;
  const mayInstall = process.env.THROUGHLINE_REQUIRE_ENGINES === '1' && isRoot();
  if (!mayInstall || (await onPath(['apt-get'])) === undefined) throw new Error(missing);
  console.error(`engines: ${missing}; installing Debian's package ${DEBIAN_PACKAGE}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, maxBuffer: 1 << 26 };
  await run('apt-get', ['update'], options);
  await run('apt-get', ['install', '--yes', '--no-install-recommends', DEBIAN_PACKAGE], options);
  const found = await find();
  if (found === undefined) throw new Error(`${DEBIAN_PACKAGE} was installed, and still ${missing}`);
  return found;
}

/** Its sandbox refuses to work for root. */
function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
