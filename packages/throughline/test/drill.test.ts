/** Two scenarios of the drill, with the model that needs no time; all six with the real one at night, and by `npm run drill`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runDrill } from './drill/drill.ts';
import { drillReport } from './drill/report.ts';
import { SCENARIOS } from './drill/scenarios.ts';

const DAILY = ['A bad file', 'Schema drift'];

test('a bad file and other columns are told, and repaired by one command without loss', async (t) => {
  const scenarios = SCENARIOS.filter(({ name }) => DAILY.includes(name));
  const settings = {
    scenarios,
    rows: 60,
    before: 45,
    every: '1y',
    only: 'map' as const,
    model: 'hash' as const,
    clock: Date.now,
  };
  for await (const outcome of runDrill(t, settings)) {
    const { scenario, exit, alert, repaired } = outcome;
    assert.equal(exit, scenario.exit, scenario.name);
    assert.ok(alert, scenario.name);
    assert.deepEqual([repaired!.exit, repaired!.isWhole], [0, true], scenario.name);
    assert.doesNotMatch(drillReport([outcome]), /\/tmp|127\.0\.0\.1:\d/);
  }
});
