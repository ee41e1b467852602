import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { agrees, readersFolder, stepsOf, takeSteps } from './page-examples.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

test('the examples of docs/concepts.md run as they are written, and print what it says', async (t) => {
  const steps = stepsOf(await readFile(join(ROOT, 'docs', 'concepts.md'), 'utf8'));
  const files = steps.flatMap((step) => ('file' in step ? [step.file] : []));
  assert.deepEqual(files, ['throughline.yaml', 'vectors.mjs', 'likeness.mjs', 'metric.mjs', 'precision.mjs']);
  assert.ok(steps.length - files.length >= 12, 'every section has an example');
  const folder = await readersFolder(t, {
    'complaints.csv': join(ROOT, 'demo', 'complaints.csv'),
    fixtures: join(ROOT, 'packages', 'model-minilm', 'fixtures'),
  });
  await takeSteps(t, folder, steps);
});

test('an output that is not what a page says is told from one that is', () => {
  const said = 'found in 0.31 s...\n...\n   3 hits, best 0.538\n';
  const printed = (lines: string) => agrees(lines, said);
  assert.ok(printed('found in 0.31 s today\none\n\ntwo\n3 hits, best 0.538\n'));
  assert.ok(printed('found in 0.31 s \n3 hits,  best 0.539\n'), 'one more in the last decimal');
  assert.ok(!printed('found in 0.31 s \n3 hits, best 0.540\n'), 'another number');
  assert.ok(!printed('found in 0.31 s \n4 hits, best 0.538\n'), 'another count');
  assert.ok(!printed('found in 0.31 s \n3 hits, best 0.538\nmore\n'), 'a line more');
  assert.ok(!printed('found in 0.31 s \n'), 'a line less');
  assert.ok(!printed('found in 0.31 s \n3 hits, best -0.538\n'), 'another sign');
});
