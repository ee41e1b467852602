/** How far a run has got, seen from outside: commits to the passages tables of its lake. */
import type { ChildProcess } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Chunks published in all builds, each attempt counted. */
export async function publications(lake: string): Promise<number> {
  const builds = await namesIn(join(lake, 'builds'));
  const logs = await Promise.all(
    builds.map((build) => namesIn(join(lake, 'builds', build, 'passages', '_delta_log'))),
  );
  // Version 0 made the table.
  return logs.flat().filter((name) => /^\d{20}\.json$/.test(name) && !/^0+\.json$/.test(name)).length;
}

/** Resolves when there are so many, or the process has ended. */
export async function untilPublished(lake: string, count: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null && (await publications(lake)) < count)
    await sleep(10);
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
