import { test } from 'node:test';
import fc from 'fast-check';
import { lintNotebook } from './lint.ts';
import { NotebookError } from './notebook/notebook.ts';
import { mutatedNotebook } from './testing/mutated.ts';

test('whatever a notebook holds, it is linted or refused with a reason', async () => {
  const property = fc.asyncProperty(mutatedNotebook, async ({ file, text }) => {
    try {
      await lintNotebook(text, { file });
    } catch (error) {
      if (!(error instanceof NotebookError)) throw error;
    }
  });
  await fc.assert(property, { numRuns: 400 });
});
