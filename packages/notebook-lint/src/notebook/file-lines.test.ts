import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNotebook } from './read.ts';

test('each line of a cell has its line of the file, where Jupyter wrote one on each', () => {
  const cells = [
    { cell_type: 'markdown', source: ['# Title\n', 'text'] },
    { cell_type: 'code', outputs: [{ text: ['a\n', 'b'] }], source: ['import a\n', '\n', 'a.b()'] },
  ];
  const text = JSON.stringify({ cells, nbformat: 4 }, null, 1);
  const { cells: read } = readNotebook(text, 'a.ipynb');
  const lines = text.split('\n');
  assert.deepEqual(
    read[1]!.fileLines!.map((line) => lines[line - 1]!.trim()),
    ['"import a\\n",', '"\\n",', '"a.b()"'],
  );
});

test('a source in one string has none', () => {
  const { cells } = readNotebook(
    JSON.stringify({ cells: [{ cell_type: 'code', source: 'a\nb' }] }),
    'a.ipynb',
  );
  assert.equal(cells[0]!.fileLines, undefined);
});
