/** Lints mutated notebooks, COUNT of them from SEED on, and prints the slowest and the most memory as JSON. */
import fc from 'fast-check';
import { lintNotebook, NotebookError } from '../../src/index.ts';
import { mutatedNotebook } from '../../src/testing/mutated.ts';

const [seed, count] = process.argv.slice(2).map(Number) as [number, number];
const BATCH = 100;
let slowest = { ms: 0, file: '', text: '' };
let bytes = 0;
for (let done = 0; done < count; done += BATCH)
  for (const { file, text } of fc.sample(mutatedNotebook, { seed: seed + done, numRuns: BATCH })) {
    const start = performance.now();
    try {
      await lintNotebook(text, { file });
    } catch (error) {
      if (!(error instanceof NotebookError)) throw new Error(`${file}: ${text}`, { cause: error });
    }
    const ms = performance.now() - start;
    if (ms > slowest.ms) slowest = { ms, file, text: text.slice(0, 2000) };
    bytes = Math.max(bytes, process.memoryUsage.rss());
  }
console.log(JSON.stringify({ slowest, bytes }));
