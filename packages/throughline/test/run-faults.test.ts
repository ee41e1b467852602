import test from 'node:test';
import { runThroughFaults } from './run-through-faults.ts';

test('a run against an API with every fault on: nothing lost, twice or wrong, each reason right', async (t) => {
  await runThroughFaults(t, { rows: 1_000, seed: 11, faults: 'all=0.15' });
});
