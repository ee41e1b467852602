import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintNotebook } from '../lint.ts';
import { ipynb, type TestCell } from '../testing/notebook.ts';

async function found(cells: readonly TestCell[]): Promise<string[]> {
  const { findings } = await lintNotebook(ipynb(cells), { file: 'a.ipynb', rules: ['execution-order'] });
  return findings.map(({ cell, message }) => `${cell}: ${message}`);
}

test('a notebook that was run from top to bottom has no findings; empty cells and text do not count', async () => {
  const cells: TestCell[] = [
    { source: 'a = 1', count: 1 },
    { source: '# Title', kind: 'markdown' },
    { source: '', count: null },
    { source: 'b = 2', count: 2 },
  ];
  assert.deepEqual(await found(cells), []);
});

test('a first count that is not 1, gaps, another order and cells that were not run are found', async () => {
  const cells: TestCell[] = [
    { source: 'a = 1', count: 4 },
    { source: 'b = 2', count: 5 },
    { source: 'c = 3', count: null },
    { source: 'd = 4', count: 7 },
    { source: 'e = 5', count: 7 },
    { source: 'f = 6', count: 3 },
  ];
  assert.deepEqual(await found(cells), [
    '0: The first cell that was run has the count 4, not 1',
    '2: The cell was not run in the saved state, others were',
    '3: Count 7 after 5: cells were run that are not here, or some again',
    '4: Count 7 after 7: run out of order',
    '5: Count 3 after 7: run out of order',
  ]);
});

test('a notebook that was saved without any count says nothing about order', async () => {
  assert.deepEqual(await found([{ source: 'a = 1' }, { source: 'b = 2' }]), []);
});
