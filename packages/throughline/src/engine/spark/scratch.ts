/** A run's temporary files on the cluster's side of the lake: one folder for each run, removed with it. */
import { openStore, type Store } from '@throughline/delta/store';
import { lastBeat } from '../../chunk/lease.ts';
import { isAlive, thisProcess } from '../../chunk/owner.ts';

/** Folder of a lake. */
export const SCRATCH = 'scratch';
const RUNS = `${SCRATCH}/runs`;
/** Beside the folders: there before the first file of a run, and after its last. */
const OWNERS = `${SCRATCH}/owners`;

/** Where nobody here can tell whether a process still runs, it does not if its heart has not beaten for so long. */
const FORGOTTEN_MS = 24 * 3_600_000;

export interface Scratch {
  /** Names of the folder, from the lake's root. */
  folder: readonly string[];
  /** A folder in it whose files nothing reads any more. Never throws: what stays goes with the whole. */
  removePart(name: string): Promise<void>;
  /** Never throws: what stays, or what the cluster still writes after that, is removed by a later run. */
  remove(): Promise<void>;
}

/** Claims the run's folder, and removes those of runs that have ended, and of processes that are gone. */
export async function openScratch(lakeRoot: string, run: string): Promise<Scratch> {
  const store = openStore(lakeRoot);
  await store.replace(`${OWNERS}/${run}`, thisProcess());
  const now = (await store.modified(`${OWNERS}/${run}`)) ?? Date.now();
  const others = [...(await store.list(RUNS)), ...(await store.list(OWNERS))];
  for (const other of new Set(others))
    if (await isLeft(store, other, now)) await remove(store, other).catch(() => {});
  return {
    folder: [...RUNS.split('/'), run],
    removePart: (name) => store.removeFolder(`${RUNS}/${run}/${name}`).catch(() => {}),
    remove: () => remove(store, run).catch(() => {}),
  };
}

/** `now` is by the clock of the store, like the times of its files. */
async function isLeft(store: Store, run: string, now: number): Promise<boolean> {
  const owner = await store.read(`${OWNERS}/${run}`);
  if (owner === undefined) return true;
  const alive = isAlive(owner);
  if (alive !== undefined) return !alive;
  const seen = [await store.modified(`${OWNERS}/${run}`), await lastBeat(store, owner)];
  return now - Math.max(...seen.map((at) => at ?? 0)) > FORGOTTEN_MS;
}

async function remove(store: Store, run: string): Promise<void> {
  await store.removeFolder(`${RUNS}/${run}`);
  await store.remove(`${OWNERS}/${run}`);
}
