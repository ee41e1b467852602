/** Two runs at once on one lake, disturbed at random moments until both are done. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended, start } from './cli.ts';
import type { Project } from './project.ts';

export interface Disturbances {
  /** Numbers in [0, 1). */
  next(): number;
  /** Most disturbances; then the runs are left alone. */
  most: number;
  /** One in so many is a halt for longer than the lease instead of a kill. */
  haltEvery: number;
  haltMs: number;
}

export interface Disturbed {
  kills: number;
  halts: number;
  /** Processes that were started. */
  starts: number;
}

const PROCESSES = 2;
/** Between two disturbances: from the start of a process to the middle of its work. */
const [LEAST_MS, MOST_MS] = [100, 2_500];

/** Every process that ends before the work is done is started again. Throws where one ends with another code than 0 or 75. */
export async function disturb({ folder }: Project, how: Disturbances): Promise<Disturbed> {
  const told: Disturbed = { kills: 0, halts: 0, starts: 0 };
  const alive: (ChildProcess | undefined)[] = new Array(PROCESSES).fill(undefined);
  let done = false;

  const keepRunning = async (place: number) => {
    while (!done) {
      const child = start(['run', '--only', 'map', '--json'], { cwd: folder });
      alive[place] = child;
      told.starts++;
      const { code, signal, stderr } = await ended(child);
      alive[place] = undefined;
      if (code === 0) done = true;
      else if (signal !== 'SIGKILL' && code !== 75)
        throw new Error(`a run ended with ${code ?? signal}: ${stderr}`);
    }
  };
  const strike = async () => {
    while (!done && told.kills + told.halts < how.most) {
      await sleep(LEAST_MS + how.next() * (MOST_MS - LEAST_MS));
      const child = alive[Math.floor(how.next() * PROCESSES)];
      if (child === undefined || done) continue;
      if ((told.kills + told.halts + 1) % how.haltEvery > 0) {
        if (child.kill('SIGKILL')) told.kills++;
        continue;
      }
      child.kill('SIGSTOP');
      told.halts++;
      await sleep(how.haltMs);
      child.kill('SIGCONT');
    }
  };
  await Promise.all([strike(), ...[...alive.keys()].map(keepRunning)]);
  return told;
}
