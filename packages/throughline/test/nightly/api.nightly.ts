/** At size and in real time: every fault, and a rate limit that is used and not overrun. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { startFakeApi } from '../../../../fake-api/server.ts';
import { DEFAULT_POLICY, openEmbeddings, openHttpClient } from '../../src/http/index.ts';
import { checkFaults } from '../api-faults.ts';

test('20,000 texts through an API with every fault on come back right, or are named with the reason', async (t) => {
  const { refused, overpaid, stats } = await checkFaults(t, 20_000, 11);
  t.diagnostic(
    `${stats.requests} requests, ${refused} texts refused, ${(overpaid * 100).toFixed(3)} % overpaid`,
  );
  t.diagnostic(`faults: ${JSON.stringify(stats.faults)}`);
  assert.equal(refused, 3);
});

const PER_MINUTE = 1200;
const SECONDS = 40;
/** From then on the rate is steady: the server's burst is used up, and the client has found its pace. */
const STEADY_FROM_MS = 10_000;

for (const clients of [1, 3]) {
  test(`${clients} clients use at least 95 % of a rate limit and cause at most 1 % of refusals`, async (t) => {
    const { used, refusals } = await measureRate(t, clients);
    t.diagnostic(`${(used * 100).toFixed(1)} % used, ${(refusals * 100).toFixed(2)} % refused`);
    assert.ok(used >= 0.95, `${used} of the limit used`);
    assert.ok(refusals <= 0.01, `${refusals} refused`);
  });
}

async function measureRate(t: TestContext, clients: number): Promise<{ used: number; refusals: number }> {
  const latency = { medianMs: 80, p99Ms: 400 };
  const api = await startFakeApi({ dimension: 8, requestsPerMinute: PER_MINUTE, burstSeconds: 1, latency });
  t.after(() => api.stop());
  const policy = { ...DEFAULT_POLICY, requestsPerMinute: PER_MINUTE, processes: clients };
  const started = performance.now();
  const isOver = () => performance.now() - started > SECONDS * 1000;
  let sent = 0;
  const work = async (client: ReturnType<typeof openEmbeddings>) => {
    while (!isOver()) await client.embed([`text ${sent++}`]);
  };
  const all = Array.from({ length: clients }, () => {
    const client = openEmbeddings(
      { url: api.url, model: 'fake-embedding', dimension: 8 },
      openHttpClient(policy),
    );
    return Promise.all(Array.from({ length: 8 }, () => work(client)));
  });
  await new Promise((resolve) => setTimeout(resolve, STEADY_FROM_MS));
  const before = api.stats();
  await Promise.all(all);
  const after = api.stats();
  const minutes = (after.admitted.lastMs - before.admitted.lastMs) / 60_000;
  const admitted = after.admitted.count - before.admitted.count;
  const refused = (after.statuses[429] ?? 0) - (before.statuses[429] ?? 0);
  return { used: admitted / minutes / PER_MINUTE, refusals: refused / (admitted + refused) };
}
