/** Texts through an API that fails in every way it knows: none lost, none twice, none wrong, and hardly any paid for twice. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { checkFaults } from './api-faults.ts';

test('2,000 texts through an API with every fault on come back right, or are named with the reason', async (t) => {
  const { refused, stats } = await checkFaults(t, 2000, 7);
  assert.equal(refused, 3);
  assert.ok(
    Object.keys(stats.faults).length >= 10,
    `faults that were met: ${Object.keys(stats.faults).join(', ')}`,
  );
});
