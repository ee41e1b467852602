/** The rate of a limit in real time, by processes that know of each other only how many they are. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakeApi } from '../../../../fake-api/server.ts';

const CLIENT = join(import.meta.dirname, '..', 'rate-client.ts');
const PER_MINUTE = 3000;
/** Until then the processes start, and find how many requests at once they need. */
const STEADY_FROM_MS = 10_000;
const MEASURED_MS = 60_000;

for (const processes of [1, 3]) {
  test(`${processes} processes use at least 95 % of a limit, and at most 1 % are refused`, async (t) => {
    const { used, refused } = await measure(t, processes);
    t.diagnostic(`${(used * 100).toFixed(2)} % used, ${(refused * 100).toFixed(3)} % refused`);
    assert.ok(used >= 0.95);
    assert.ok(refused <= 0.01);
  });
}

async function measure(t: TestContext, processes: number): Promise<{ used: number; refused: number }> {
  const latency = { medianMs: 60, p99Ms: 300 };
  const api = await startFakeApi({ dimension: 8, requestsPerMinute: PER_MINUTE, burstSeconds: 1, latency });
  t.after(api.stop);
  const args = [CLIENT, api.url, String(PER_MINUTE), String(processes)];
  const children = Array.from({ length: processes }, () =>
    spawn(process.execPath, args, { stdio: 'inherit' }),
  );
  t.after(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  await sleep(STEADY_FROM_MS);
  const before = api.stats();
  await sleep(MEASURED_MS);
  const after = api.stats();
  assert.ok(children.every(({ exitCode }) => exitCode === null));
  const admitted = after.admitted.count - before.admitted.count;
  const refused = (after.statuses[429] ?? 0) - (before.statuses[429] ?? 0);
  const minutes = (after.admitted.lastMs - before.admitted.lastMs) / 60_000;
  return { used: admitted / minutes / PER_MINUTE, refused: refused / (admitted + refused) };
}
