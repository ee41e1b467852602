/** The whole drill with the real model. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runDrill } from '../drill/drill.ts';
import { SCENARIOS } from '../drill/scenarios.ts';

test('each of six troubles is told, and repaired by one command without loss', async (t) => {
  const settings = {
    scenarios: SCENARIOS,
    rows: 120,
    before: 90,
    every: '1M',
    model: 'minilm' as const,
    clock: Date.now,
  };
  for await (const { scenario, skipped, exit, alert, repaired } of runDrill(t, settings)) {
    if (skipped !== undefined) {
      t.diagnostic(`${scenario.name}: ${skipped}`);
      continue;
    }
    assert.equal(exit, scenario.exit, scenario.name);
    assert.ok(alert, scenario.name);
    assert.deepEqual([repaired!.exit, repaired!.isWhole], [0, true], scenario.name);
  }
});
