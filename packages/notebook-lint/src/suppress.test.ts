import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintNotebook } from './lint.ts';

const lines = async (text: string, options: { rules?: string[]; ignore?: string[] } = {}) =>
  (await lintNotebook(text, { file: 'a.py', ...options })).findings.map(
    ({ rule, line }) => `${rule}:${line}`,
  );

test('a comment silences a rule on its line, or on the next where it stands alone', async () => {
  const text = [
    'import time',
    'time.sleep(1)  # throughline: ignore fixed-sleep',
    '# throughline: ignore fixed-sleep',
    'time.sleep(2)',
    'time.sleep(3)  # throughline: ignore no-timeout',
    'time.sleep(4)  # throughline: ignore',
    'time.sleep(5)',
  ];
  assert.deepEqual(await lines(text.join('\n')), ['fixed-sleep:5', 'fixed-sleep:7']);
});

test('several rules, and a whole file', async () => {
  const two = 'import requests\nprint(requests.get("b")) # throughline: ignore no-retry, print-display';
  assert.deepEqual(await lines(two), ['no-timeout:2']);
  const file = '# throughline: ignore-file no-retry, no-timeout\nimport requests\nprint(requests.get("a"))';
  assert.deepEqual(await lines(file), ['print-display:3']);
});

test('options choose rules; one that does not exist is an error', async () => {
  const text = 'import time\ntime.sleep(1)\nprint(1)';
  assert.deepEqual(await lines(text, { rules: ['print-display'] }), ['print-display:3']);
  assert.deepEqual(await lines(text, { ignore: ['print-display'] }), ['fixed-sleep:2']);
  await assert.rejects(lines(text, { rules: ['nothing'] }), /there is no rule "nothing"/);
});
