/**
 * Beats for a process: a thread that does nothing else, so that it beats on however busy the others are. `workerData` is
 * { lakeRoot, path, owner, everyMs, leaseMs }; the file holds a number that grows, and then the owner. Sends a message when the process has been halted
 * for longer than the lease. Ends, without the file, at the first message.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openStore } from '@throughline/delta/store';

const { lakeRoot, path, owner, everyMs, leaseMs } = workerData as {
  lakeRoot: string;
  path: string;
  owner: string;
  everyMs: number;
  leaseMs: number;
};
const store = openStore(lakeRoot);
const stop = new AbortController();
once(parentPort!, 'message').then(() => stop.abort());

for (let beats = 1; !stop.signal.aborted; beats++) {
  // A lease only saves work: without it another run takes over, and the tables are right all the same.
  await store.replace(path, `${beats}\n${owner}\n`).catch(() => {});
  const asleepAt = performance.now();
  await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => {});
  if (performance.now() - asleepAt > leaseMs) parentPort!.postMessage('overslept');
}
await store.remove(path).catch(() => {});
parentPort!.close();
