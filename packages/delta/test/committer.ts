/**
 * A process that commits to a table and says so, for the test of concurrency:
 * `node committer.ts ROOT NAME COMMITS PAUSE_MS`. After each commit, and only then, it prints a line `ack NAME-N VERSION`.
 * Started again after a kill it goes on where the table says it was: each commit carries a txn.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { commit, openTable } from '../src/index.ts';
import { changeOf } from './race.ts';

const [root, name] = [process.argv[2]!, process.argv[3]!];
const [commits, pauseMs] = [Number(process.argv[4]), Number(process.argv[5])];

let snapshot = await openTable(root);
for (let number = (snapshot.txn(name) ?? 0) + 1; number <= commits; number++) {
  const result = await commit(snapshot, changeOf(name, number));
  snapshot = result.snapshot;
  if (result.committed) console.log(`ack ${name}-${number} ${result.version}`);
  if (result.committed && result.checkpointError !== undefined) throw result.checkpointError;
  if (pauseMs > 0) await sleep(pauseMs);
}
