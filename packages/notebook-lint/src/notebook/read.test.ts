import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNotebookScript, readNotebook } from './read.ts';

const code = (source: string | string[], more: object = {}) => ({ cell_type: 'code', source, ...more });

test('nbformat 4: sources as lines or as one text, counts, outputs', () => {
  const cells = [
    code(['a = 1\n', 'a'], { execution_count: 2, outputs: [{ output_type: 'execute_result' }] }),
    { cell_type: 'markdown', source: '# Title' },
    code('b = 1\r\nb', { execution_count: null, outputs: [{ output_type: 'error' }] }),
  ];
  const metadata = { kernelspec: { name: 'python3', language: 'python' } };
  const notebook = readNotebook(JSON.stringify({ nbformat: 4, metadata, cells }), 'a.ipynb');
  assert.equal(notebook.format, 'nbformat4');
  assert.deepEqual(notebook.kernel, { language: 'python', name: 'python3' });
  assert.deepEqual(
    notebook.cells.map(({ kind, source, executionCount }) => [kind, source, executionCount]),
    [
      ['code', 'a = 1\na', 2],
      ['markdown', '# Title', null],
      ['code', 'b = 1\nb', null],
    ],
  );
  assert.deepEqual(notebook.cells[0]!.outputs, { count: 1, result: true, error: false });
  assert.deepEqual(notebook.cells[2]!.outputs, { count: 1, result: false, error: true });
});

test('nbformat 3: cells in worksheets, input, prompt numbers, pyout', () => {
  const cells = [
    {
      cell_type: 'code',
      input: ['print 1'],
      prompt_number: 3,
      language: 'python',
      outputs: [{ output_type: 'pyout' }],
    },
    { cell_type: 'heading', source: 'Title', level: 1 },
  ];
  const notebook = readNotebook(JSON.stringify({ nbformat: 3, worksheets: [{ cells }] }), 'a.ipynb');
  assert.equal(notebook.format, 'nbformat3');
  assert.equal(notebook.cells[0]!.source, 'print 1');
  assert.equal(notebook.cells[0]!.executionCount, 3);
  assert.equal(notebook.cells[0]!.outputs!.result, true);
  assert.equal(notebook.cells[1]!.kind, 'raw');
});

for (const [metadata, language] of [
  [{ kernelspec: { name: 'ir', language: 'R' } }, 'r'],
  [{ kernelspec: { name: 'julia-1.9' } }, 'julia'],
  [{ language_info: { name: 'scala' } }, 'scala'],
  [{ kernelspec: { name: 'pysparkkernel', language: 'python' } }, 'python'],
  [{ language_info: { name: 'ipython' } }, 'python'],
  [{}, 'python'],
  [undefined, 'python'],
] as const)
  test(`the language of ${JSON.stringify(metadata)} is ${language}`, () => {
    const text = JSON.stringify({ nbformat: 4, metadata, cells: [] });
    assert.equal(readNotebook(text, 'a.ipynb').kernel.language, language);
  });

test('Databricks exports: cells between command marks, with the lines of the file', () => {
  const lines = [
    '# Databricks notebook source',
    '# MAGIC %md',
    '# MAGIC # Title',
    '',
    '# COMMAND ----------',
    '',
    'df = 1',
    'display(df)',
  ];
  const { format, cells } = readNotebook(lines.join('\n'), 'a.py');
  assert.equal(format, 'databricks');
  assert.deepEqual(
    cells.map(({ kind, source, firstLine }) => [kind, source, firstLine]),
    [
      ['markdown', '# MAGIC %md\n# MAGIC # Title', 2],
      ['code', 'df = 1\ndisplay(df)', 7],
    ],
  );
});

test('percent scripts: a YAML header, kinds of cells, with the lines of the file', () => {
  const lines = [
    '# ---',
    '# jupyter: {}',
    '# ---',
    '',
    '# %% [markdown]',
    '# Text',
    '',
    '# %% Load',
    'a = 1',
    '# %%',
    'b = 2',
  ];
  const { format, cells } = readNotebook(lines.join('\n'), 'a.py');
  assert.equal(format, 'percent');
  assert.deepEqual(
    cells.map(({ kind, source, firstLine }) => [kind, source, firstLine]),
    [
      ['markdown', '# Text', 6],
      ['code', 'a = 1', 9],
      ['code', 'b = 2', 11],
    ],
  );
});

test('plain Python is one cell', () => {
  const { format, cells } = readNotebook('import a\n\na.b()\n', 'a.py');
  assert.equal(format, 'script');
  assert.equal(cells.length, 1);
  assert.equal(isNotebookScript('import a'), false);
  assert.equal(isNotebookScript('# %%\nimport a'), true);
});

for (const [text, message] of [
  ['', /the file is empty/],
  ['hello', /is not JSON: it begins with "hello"/],
  ['{"cells": [', /is not valid JSON/],
  ['{"cells": [}', /is not valid JSON: .*unexpected "}" at line 1, column 12/],
  ['{"a": 1}', /no list of cells/],
  ['{"cells": {}}', /no list of cells/],
] as const)
  test(`a file that is no notebook is refused: ${text}`, () => {
    assert.throws(() => readNotebook(text, 'a.ipynb'), { name: 'NotebookError', message });
  });

test('cells that are not as they should be are passed over, with a note', () => {
  const cells = [
    null,
    'text',
    code('a = 1', { execution_count: 'x', outputs: 'none' }),
    { cell_type: 'code' },
    { source: 7 },
  ];
  const { cells: read, notes } = readNotebook(JSON.stringify({ nbformat: 5, cells }), 'a.ipynb');
  assert.equal(read.length, 5);
  assert.equal(read[2]!.source, 'a = 1');
  assert.equal(read[2]!.executionCount, null);
  assert.deepEqual(notes, [
    'nbformat 5 is neither 3 nor 4: read as 4.',
    'Cell 0 is no object: passed over.',
    'Cell 1 is no object: passed over.',
    'Cell 3 has no source: passed over.',
  ]);
});
