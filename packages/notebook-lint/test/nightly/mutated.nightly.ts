import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lintNotebook, NotebookError } from '../../src/index.ts';
import { mutatedNotebook } from '../../src/testing/mutated.ts';

const MOST_MS = 2000;
const MOST_BYTES = 500 * 2 ** 20;

test('10,000 mutated notebooks: each linted or refused within 2 s, memory below 500 MB', async () => {
  let slowest = 0;
  const property = fc.asyncProperty(mutatedNotebook, async ({ file, text }) => {
    const start = performance.now();
    try {
      await lintNotebook(text, { file });
    } catch (error) {
      if (!(error instanceof NotebookError)) throw error;
    }
    slowest = Math.max(slowest, performance.now() - start);
    assert.ok(slowest < MOST_MS, `${Math.round(slowest)} ms`);
    assert.ok(process.memoryUsage().rss < MOST_BYTES, `${process.memoryUsage().rss} bytes`);
  });
  await fc.assert(property, { numRuns: 10_000 });
  console.log(
    `slowest: ${Math.round(slowest)} ms; memory: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`,
  );
});
