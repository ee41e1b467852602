import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintNotebook } from './lint.ts';
import { ipynb } from './testing/notebook.ts';

test('a finding says where, what, why and what to do', async () => {
  const text = ipynb([
    { source: '# Load', kind: 'markdown' },
    { source: 'import time\n\nfor a in b:\n    time.sleep(5)\n' },
  ]);
  const { findings } = await lintNotebook(text, { file: 'a.ipynb', rules: ['fixed-sleep'] });
  assert.equal(findings.length, 1);
  const { why, fix, ...rest } = findings[0]!;
  assert.deepEqual(rest, {
    file: 'a.ipynb',
    rule: 'fixed-sleep',
    cell: 1,
    line: 4,
    endLine: 4,
    column: 5,
    endColumn: 18,
    severity: 'warning',
    message: '`time.sleep(5)` always waits the same time',
  });
  assert.ok(why.length > 20 && fix.length > 20);
});

test('findings are the same each time, and in the order of the notebook', async () => {
  const text = ipynb([{ source: 'print(1)\nimport requests\nrequests.get(url)' }, { source: 'print(2)' }]);
  const first = await lintNotebook(text, { file: 'a.ipynb' });
  const again = await lintNotebook(text, { file: 'a.ipynb' });
  assert.deepEqual(first, again);
  const places = first.findings.map(({ cell, line }) => cell * 100 + line);
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
});

test('a rule finds a statement once', async () => {
  const { findings } = await lintNotebook(
    'import requests\na = requests.get(b).text + requests.get(c).text',
    {
      file: 'a.py',
      rules: ['no-timeout'],
    },
  );
  assert.equal(findings.length, 1);
});

test('a notebook of another language is not linted, and the result says so', async () => {
  const metadata = { kernelspec: { name: 'ir', language: 'R' } };
  const { findings, kernel, notes } = await lintNotebook(ipynb([{ source: 'print("a")' }], metadata), {
    file: 'a.ipynb',
  });
  assert.deepEqual(findings, []);
  assert.equal(kernel.language, 'r');
  assert.deepEqual(notes, ["The kernel's language is r, not Python: the cells are not linted."]);
});

test('a cell that is data rather than code is passed over, and the result says so', async () => {
  const { findings, notes } = await lintNotebook(
    ipynb([{ source: `x = "${'a'.repeat(500_000)}"` }, { source: 'print(1)' }]),
    {
      file: 'a.ipynb',
    },
  );
  assert.equal(findings.filter(({ rule }) => rule === 'print-display').length, 1);
  assert.match(notes[0]!, /Cell 0 has 500006 characters: passed over/);
});

test('code with a fault is linted as far as it can be read', async () => {
  const { findings } = await lintNotebook('def broken(:\n    pass\nimport time\ntime.sleep(5)\n', {
    file: 'a.py',
    rules: ['fixed-sleep'],
  });
  assert.deepEqual(
    findings.map(({ line }) => line),
    [4],
  );
});
