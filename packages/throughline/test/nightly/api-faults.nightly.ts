/** 20,000 texts through a fake API with every fault on and the limits of a real one. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { CERTAIN_FAULTS } from '../../../../fake-api/faults.ts';
import type { RetryAfter } from '../../../../fake-api/options.ts';
import { runThroughFaults } from '../fault-run.ts';

const SEED = Number(process.env.THROUGHLINE_SEED ?? Math.floor(Math.random() * 2 ** 31));

for (const retryAfter of ['ms', 'none', 'reset'] as RetryAfter[]) {
  test(`20,000 texts, a fifth of the requests faulty, 429 with ${retryAfter}: nothing lost, twice or wrong`, async (t) => {
    const options = {
      requestsPerMinute: 12_000,
      burstSeconds: 1,
      retryAfter,
      latency: { medianMs: 10, p99Ms: 100 },
    };
    const run = { texts: 20_000, batch: 20, callers: 16, seed: SEED, faults: 'all=0.2', options };
    const { failed, expected, ...report } = await runThroughFaults(run);
    const { api, needed } = report;
    t.diagnostic(`seed ${SEED}, ${report.seconds.toFixed(1)} s, ${report.callsAgain} calls made again`);
    t.diagnostic(
      `${api.requests} requests, ${api.paidItems} paid, ${needed} needed, ${api.spoiledItems} spoiled: ${JSON.stringify(api)}`,
    );
    assert.deepEqual([report.lost, report.twice, report.wrong], [0, 0, 0]);
    assert.deepEqual(failed, expected);
    assert.ok(api.paidItems <= 1.02 * needed + api.spoiledItems);
    assert.equal(Object.keys(api.faults).length, CERTAIN_FAULTS.length);
  });
}
