/** A run's temporary files on the cluster's side of the lake: one folder for each run, removed with it. */
import { openStore } from '@throughline/delta/store';
import { isAlive, thisProcess } from '../../chunk/owner.ts';

const ROOT = 'scratch';
const OWNER = 'owner';

export interface Scratch {
  /** Names of the folder, from the lake's root. */
  folder: readonly string[];
  /** A folder in it whose files nothing reads any more. Never throws: what stays goes with the whole. */
  removePart(name: string): Promise<void>;
  /** Never throws: what stays is removed by the next run on this host. */
  remove(): Promise<void>;
}

/** Makes the run's folder, and removes those of processes of this host that are gone. */
export async function openScratch(lakeRoot: string, run: string): Promise<Scratch> {
  const store = openStore(lakeRoot);
  for (const other of await store.list(ROOT)) {
    const owner = await store.read(`${ROOT}/${other}/${OWNER}`);
    if (owner !== undefined && isAlive(owner) === false) await store.removeFolder(`${ROOT}/${other}`);
  }
  await store.replace(`${ROOT}/${run}/${OWNER}`, thisProcess());
  const remove = (folder: string) => store.removeFolder(folder).catch(() => {});
  return {
    folder: [ROOT, run],
    removePart: (name) => remove(`${ROOT}/${run}/${name}`),
    remove: () => remove(`${ROOT}/${run}`),
  };
}
