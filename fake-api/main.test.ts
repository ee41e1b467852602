import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { promisify } from 'node:util';

const MAIN = join(import.meta.dirname, 'main.ts');
const run = promisify(execFile);

test('--help shows an example and the faults', async () => {
  const { stdout } = await run(process.execPath, [MAIN, '--help']);
  assert.match(stdout, /npm run fake-api -- /);
  assert.match(stdout, /reset-mid-body/);
});

test('it prints its address, answers, and ends when it is told to', async () => {
  const child = spawn(process.execPath, [MAIN, '--port', '0', '--faults', '503=1', '--rpm', '600']);
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  const body = JSON.stringify({ model: 'fake-embedding', input: 'a' });
  assert.equal((await fetch(url, { method: 'POST', body })).status, 503);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('what it does not understand is an error that says so', async () => {
  for (const [args, message] of [
    [['--faults', 'sunspots=1'], /no fault "sunspots"/],
    [['--rpm', 'many'], /--rpm wants a number/],
    [['--retry-after', 'never'], /seconds, date/],
  ] as const)
    await assert.rejects(run(process.execPath, [MAIN, ...args]), message);
});
