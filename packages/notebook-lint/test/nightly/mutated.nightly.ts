import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const MOST_MS = 2000;
const MOST_MIB = 500;

test('10,000 mutated notebooks: each linted or refused within 2 s of the processor, in 500 MiB', async () => {
  const script = join(import.meta.dirname, 'lint-mutated.ts');
  const seed = Date.now() % 2 ** 31;
  // V8 leaves garbage until it has to: with this limit what is counted is what is needed.
  const args = ['--max-old-space-size=256', script, String(seed), '10000'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
  const { slowest, bytes } = JSON.parse(stdout) as { slowest: { ms: number; text: string }; bytes: number };
  const mib = Math.round(bytes / 2 ** 20);
  console.log(`seed ${seed}: slowest ${Math.round(slowest.ms)} ms, ${mib} MiB`);
  assert.ok(slowest.ms < MOST_MS, `${Math.round(slowest.ms)} ms: ${slowest.text}`);
  assert.ok(mib < MOST_MIB, `${mib} MiB`);
});
