/** How far a run has got, seen from outside: commits to the passages tables of its lake. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '@throughline/delta/store';

/** Chunks published in all builds, each attempt counted. */
export async function publications(lake: string): Promise<number> {
  const store = openStore(lake);
  const builds = await store.list('builds');
  const logs = await Promise.all(builds.map((build) => store.list(`builds/${build}/passages/_delta_log`)));
  // Version 0 made the table.
  return logs.flat().filter((name) => /^\d{20}\.json$/.test(name) && !/^0+\.json$/.test(name)).length;
}

/** Resolves when there are so many, or the process has ended. */
export async function untilPublished(lake: string, count: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null && (await publications(lake)) < count)
    await sleep(10);
}
