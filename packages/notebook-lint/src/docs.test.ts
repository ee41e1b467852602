import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { lintNotebook } from './lint.ts';
import { RULES } from './rules/index.ts';

const docs = await readFile(join(import.meta.dirname, '../../../docs/lint.md'), 'utf8');
const sections = new Map(
  docs
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);

test('each rule has a section in docs/lint.md, and each section a rule', () => {
  assert.deepEqual(
    [...sections.keys()],
    RULES.map(({ id }) => id),
  );
});

for (const [id, section] of sections) {
  const example = /```python\n(.*?)```/s.exec(section)?.[1];
  if (example === undefined) continue;
  test(`the example of ${id} is found by it`, async () => {
    const text = example.startsWith('# %%') ? example : `# %%\n${example}`;
    const { findings } = await lintNotebook(text, { file: 'example.py', rules: [id] });
    assert.equal(findings.length, 1);
  });
}
