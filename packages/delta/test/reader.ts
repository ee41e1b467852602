/**
 * A process that reads a table all the time, for the test of concurrency: `node reader.ts ROOT`, until its stdin
 * ends. Then it prints how often it read. Each snapshot must be as new as the last one, and whole: its files are
 * exactly those of the commits that its txns say were made.
 */
import assert from 'node:assert/strict';
import { openTable, refresh } from '../src/index.ts';
import { expectedFiles } from './race.ts';

const root = process.argv[2]!;
let ended = false;
process.stdin.on('end', () => {
  ended = true;
});
process.stdin.resume();

let [snapshot, reads] = [await openTable(root), 0];
while (!ended) {
  const newer = reads % 4 === 0 ? await openTable(root) : await refresh(snapshot);
  assert.ok(newer.version >= snapshot.version, 'a later look never shows an older table');
  snapshot = newer;
  const files = await snapshot.files();
  assert.deepEqual(
    files.map(({ path }) => path),
    expectedFiles(snapshot.txns()),
    `version ${snapshot.version}`,
  );
  reads++;
}
console.log(`reads ${reads}`);
