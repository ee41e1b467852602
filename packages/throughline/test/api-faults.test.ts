import assert from 'node:assert/strict';
import test from 'node:test';
import { CERTAIN_FAULTS } from '../../../fake-api/faults.ts';
import { runThroughFaults } from './fault-run.ts';

test('2,000 texts through every fault: none lost, none twice, none wrong, each reason right, hardly one paid in vain', async (t) => {
  const run = { texts: 2000, batch: 10, callers: 8, seed: 7, faults: 'all=0.2' };
  const { lost, twice, wrong, failed, expected, needed, api } = await runThroughFaults(run);
  t.diagnostic(
    `${api.paidItems} paid, ${needed} needed, ${api.spoiledItems} spoiled, ${api.requests} requests`,
  );
  assert.deepEqual({ lost, twice, wrong }, { lost: 0, twice: 0, wrong: 0 });
  assert.deepEqual(failed, expected);
  assert.ok(api.paidItems <= 1.02 * needed + api.spoiledItems, `${api.paidItems} were paid`);
  const met = Object.keys(api.faults).length;
  assert.ok(met >= 0.8 * CERTAIN_FAULTS.length, `only ${met} kinds of faults were met`);
});
