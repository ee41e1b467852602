/**
 * Beats for a process: a thread that does nothing else, so that it beats on however busy the others are. `workerData` is
 * { path, everyMs }; the file holds a number that grows.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { path, everyMs } = workerData as { path: string; everyMs: number };
let beats = 0;

function beat(): void {
  try {
    writeFileSync(`${path}.tmp`, `${++beats}\n`);
    renameSync(`${path}.tmp`, path);
  } catch {
    // A lease only saves work: without it another run takes over, and the tables are right all the same.
  }
}

beat();
setInterval(beat, everyMs);
