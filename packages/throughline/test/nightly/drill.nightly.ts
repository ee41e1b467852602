/** The whole drill with the real model. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runDrill, WHOLE } from '../drill/drill.ts';
import { SCENARIOS } from '../drill/scenarios.ts';

test('each of six troubles is told, and repaired by one command without loss', async (t) => {
  for await (const { scenario, skipped, exit, alert, repaired } of runDrill(t, {
    ...WHOLE,
    scenarios: SCENARIOS,
  })) {
    if (skipped !== undefined) {
      t.diagnostic(`${scenario.name}: ${skipped}`);
      continue;
    }
    assert.equal(exit, scenario.exit, scenario.name);
    assert.ok(alert, scenario.name);
    assert.deepEqual([repaired!.exit, repaired!.isWhole], [0, true], scenario.name);
  }
});
