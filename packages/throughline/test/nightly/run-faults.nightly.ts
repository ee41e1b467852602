/** 20,000 texts through the whole product, against an API that fails in every way and has the limits of a real one. */
import test from 'node:test';
import type { FakeApiOptions } from '../../../../fake-api/options.ts';
import { runThroughFaults } from '../run-through-faults.ts';

const SEED = Number(process.env.THROUGHLINE_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`20,000 rows, a fifth of the requests faulty (seed ${SEED}): nothing lost, twice or wrong`, async (t) => {
  const options: Partial<FakeApiOptions> = {
    ...{ requestsPerMinute: 12_000, burstSeconds: 1 },
    retryAfter: 'ms',
    latency: { medianMs: 10, p99Ms: 100 },
  };
  await runThroughFaults(t, { rows: 20_000, seed: SEED, faults: 'all=0.2', options });
});
