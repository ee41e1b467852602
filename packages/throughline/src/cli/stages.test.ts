import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStages } from './stages.ts';
import type { Terminal } from './terminal.ts';

test('work that takes long is told from the third second on, short work is not', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const lines: string[] = [];
  const stages = createStages({ log: (line) => void lines.push(line) } as Terminal);
  stages.next('Reading');
  t.mock.timers.tick(1_000);
  stages.next('Matching');
  assert.equal(lines.length, 0);
  t.mock.timers.tick(1_000);
  stages.next('Judging');
  assert.deepEqual(lines, ['Matching ...', 'Judging ...']);
  stages.end();

  const short = createStages({ log: (line) => void lines.push(line) } as Terminal);
  short.next('Reading');
  short.end();
  t.mock.timers.tick(10_000);
  assert.equal(lines.length, 2);
});
