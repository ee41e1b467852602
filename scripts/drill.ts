/**
 * `npm run drill`: breaks a copy of the demo's pipeline in six ways and prints what was told, where the rows went and what repaired
 * it. `-- --write` puts that into docs/drill.md. Ends with 1 where an alert was missing or rows were lost.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runDrill, WHOLE } from '../packages/throughline/test/drill/drill.ts';
import { drillReport } from '../packages/throughline/test/drill/report.ts';
import type { Outcome } from '../packages/throughline/test/drill/scenario.ts';
import { SCENARIOS } from '../packages/throughline/test/drill/scenarios.ts';

const PAGE = join(import.meta.dirname, '..', 'docs', 'drill.md');
/** What is above it in the page is written by hand. */
const MARK = '<!-- What follows is written by npm run drill -- --write -->\n';

const ends: (() => unknown)[] = [];
const outcomes: Outcome[] = [];
try {
  for await (const outcome of runDrill(
    { after: (end) => void ends.push(end as () => unknown) },
    { ...WHOLE, scenarios: SCENARIOS },
  )) {
    outcomes.push(outcome);
    console.log(drillReport([outcome]));
  }
} finally {
  for (const end of ends.reverse()) await end();
}

if (process.argv.includes('--write')) {
  const page = await readFile(PAGE, 'utf8');
  const report = SCENARIOS.flatMap((one) => outcomes.filter(({ scenario }) => scenario === one));
  await writeFile(PAGE, `${page.slice(0, page.indexOf(MARK) + MARK.length)}\n${drillReport(report)}`);
}
const bad = outcomes.filter(
  ({ scenario, skipped, exit, alert, repaired }) =>
    skipped === undefined && !(exit === scenario.exit && alert && repaired?.exit === 0 && repaired.isWhole),
);
for (const { scenario } of bad) console.error(`not as it should be: ${scenario.name}`);
process.exitCode = bad.length > 0 ? 1 : 0;
