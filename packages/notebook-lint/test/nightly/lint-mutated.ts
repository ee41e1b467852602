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
    const start = process.cpuUsage();
    try {
      await lintNotebook(text, { file });
    } catch (error) {
      if (!(error instanceof NotebookError)) throw new Error(`${file}: ${text}`, { cause: error });
    }
    // Of the processor: a busy machine says nothing about a notebook.
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1000;
    if (ms > slowest.ms) slowest = { ms, file, text: text.slice(0, 2000) };
    bytes = Math.max(bytes, process.memoryUsage.rss());
  }
console.log(JSON.stringify({ slowest, bytes }));
