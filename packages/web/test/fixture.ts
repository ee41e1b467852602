/** One lake of real complaints, one server, one browser, for all tests of the page. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from '../../../engines/chromium.ts';
import { type Served, type ServedProject, served, servedProject } from '../../throughline/test/served.ts';
import { HOSTILE } from './hostile.ts';

const run = promisify(execFile);

const ROWS = 240;
const WIDE = { width: 1280, height: 860 };
/** The browser's own lines about answers that are errors: what a test asks for is no fault of the page. */
const ANSWERED = /^Failed to load resource: the server responded with a status of/;

const engine = await chromium();

/** For `test(name, { skip }, ...)`. */
export const skip: string | false = engine.ok ? false : engine.reason;

let project: ServedProject;
let server: Served;

export const lake = { project: () => project, server: () => server };

if (engine.ok) {
  before(async () => {
    await run(process.execPath, [join(import.meta.dirname, '..', 'build-page.ts')]);
    project = await servedProject(ROWS, { more: HOSTILE, change: { themes: { count: 12 } } });
    server = await served(project);
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await engine.stop();
    await project?.remove();
  });
}

export interface OpenOptions {
  server?: Served;
  viewport?: { width: number; height: number };
  context?: BrowserContext;
}

export interface Opened extends AsyncDisposable {
  page: Page;
  /** Goes to a path of the server. */
  go(path: string): Promise<void>;
}

/** A page in a profile of its own. Anything that the console calls an error, a blocked resource too, fails the test at its end. */
export async function open(
  path: string,
  { server: other, viewport = WIDE }: OpenOptions = {},
): Promise<Opened> {
  const context = await browser().newContext({ viewport, acceptDownloads: true, reducedMotion: 'reduce' });
  const faults: string[] = [];
  const page = await context.newPage();
  // The first question waits for the model, beside whatever else the machine does.
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('dialog', (dialog) => {
    faults.push(`a dialog says ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && !ANSWERED.test(message.text())) faults.push(message.text());
  });
  const { url } = other ?? server;
  await page.goto(url + path);
  return {
    page,
    go: async (to) => {
      await page.goto(url + to);
    },
    async [Symbol.asyncDispose]() {
      await context.close();
      // An error of the test itself is told with those of the page, not in their place.
      for (const fault of faults) console.error(`the page says: ${fault}`);
      assert.deepEqual(faults, []);
    },
  };
}

function browser(): Browser {
  if (!engine.ok) throw new Error(engine.reason);
  return engine.browser;
}

/** Path and search of the page. */
export function addressOf(page: Page): string {
  const { pathname, search } = new URL(page.url());
  return pathname + search;
}
