import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'throughline.js');
const HEAVY = /@duckdb|onnxruntime|zvec|huggingface|@bufbuild|tinyld|tree-sitter/;

/** Writes the address of each module to stderr as it is loaded. */
const WATCH = `
import { writeSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, nextLoad) {
    writeSync(2, 'loaded ' + url + '\\n');
    return nextLoad(url, context);
  },
});
`;

/** Addresses of what one command line loads. */
async function loadedBy(...args: string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-startup-'));
  try {
    const watch = join(folder, 'watch.mjs');
    await writeFile(watch, WATCH);
    await writeFile(join(folder, 'one.csv'), 'text\nWhere is my refund?\n');
    await writeFile(
      join(folder, 'throughline.yaml'),
      'name: one\nsource: { type: csv, path: one.csv, text: text }\nlake: ./lake\n',
    );
    const call = run(process.execPath, ['--import', pathToFileURL(watch).href, BIN, ...args], {
      cwd: folder,
    });
    const { stderr } = await call.catch((error: { stderr: string }) => error);
    return stderr.split('\n').flatMap((line) => (line.startsWith('loaded ') ? [line.slice(7)] : []));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('--help, --version and an unknown command load no engine', async () => {
  for (const args of [['--help'], ['--version'], ['run', '--help'], ['serch']]) {
    const loaded = await loadedBy(...args);
    assert.ok(
      loaded.some((url) => url.includes('commander')),
      `nothing was watched: ${args}`,
    );
    assert.deepEqual(
      loaded.filter((url) => HEAVY.test(url)),
      [],
      args.join(' '),
    );
  }
});

test('a command that reads the source loads the engine that reads it, and what it does without not', async () => {
  const loaded = await loadedBy('plan');
  assert.ok(loaded.some((url) => url.includes('@duckdb')));
  assert.deepEqual(
    loaded.filter((url) => /@bufbuild|prom-client|opentelemetry/.test(url)),
    [],
  );
});
