import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Measured, measure } from './testing/measure.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');
/** Annotated notebooks of others, beside the repository where they are at hand. */
const SHARED = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'notebooks');
const GOAL = 0.95;

test('in the annotated notebooks of this package, all that is sure is found and nothing else', async () => {
  const { faults, total } = await measure(FIXTURES);
  assert.deepEqual(faults, []);
  assert.ok(total.found > 60);
});

test('in the annotated notebooks of others, recall and precision are at least 0.95', async (t) => {
  if (!existsSync(SHARED)) return t.skip(`there is no ${SHARED}`);
  const measured = await measure(SHARED);
  for (const line of tableOf(measured)) t.diagnostic(line);
  const { found, missed, wrong } = measured.total;
  const faults = measured.faults.join('\n');
  assert.ok(found / (found + missed) >= GOAL, faults);
  assert.ok(found / (found + wrong) >= GOAL, faults);
});

function tableOf({ byRule }: Measured): string[] {
  return [...byRule].map(([rule, { found, missed, wrong }]) => {
    const [low, high] = wilson(found, found + missed);
    const recall = `${share(found, found + missed)} (95 %: ${low.toFixed(2)} to ${high.toFixed(2)})`;
    return `${rule}: recall ${recall}, precision ${share(found, found + wrong)}`;
  });
}

function share(part: number, all: number): string {
  return all === 0 ? '-' : `${part}/${all}`;
}

/** Wilson's score interval of a share at 95 % (Wilson 1927). */
function wilson(part: number, all: number): [number, number] {
  if (all === 0) return [0, 1];
  const z = 1.96;
  const centre = (part + z ** 2 / 2) / (all + z ** 2);
  const half = (z / (all + z ** 2)) * Math.sqrt((part * (all - part)) / all + z ** 2 / 4);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
