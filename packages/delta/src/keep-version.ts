import { writeCheckpointFile } from './checkpoint.ts';
import { deletionVectorPath } from './deletion-vector.ts';
import { VersionNotFoundError } from './errors.ts';
import { decodePath } from './file-path.ts';
import { LOG } from './log-name.ts';
import { listLog } from './log-segment.ts';
import { openTable } from './open-table.ts';
import type { Snapshot } from './snapshot.ts';
import { openStore, type Store } from './store/store.ts';

/** A file for each version: of several processes that keep versions nobody overwrites what another one wrote. */
const KEPT = `${LOG}/_kept`;

/**
 * Keeps a version readable for as long as nobody releases it: `vacuum` and `cleanLog` leave its files, and a checkpoint of its own
 * is written, so that it opens without the commits before it. Other engines do not know of it. Throws VersionNotFoundError
 * where the log of the version, or one of its files, is gone already.
 */
export async function keepVersion(root: string, version: number): Promise<void> {
  const store = openStore(root);
  const snapshot = await openTable(root, { version });
  const wasKept = (await keptVersions(store)).includes(version);
  await store.replace(`${KEPT}/${version}`, '');
  try {
    const { checkpoints } = await listLog(store, version);
    if (checkpoints[0]?.version !== version) await writeCheckpointFile(snapshot);
    // After the mark: what a vacuum takes from now on is no file of this version.
    const missing = await missingFile(snapshot);
    if (missing === undefined) return;
    throw new VersionNotFoundError(
      `Version ${version} of ${store.root} is gone: ${missing} was vacuumed or deleted.`,
    );
  } catch (error) {
    if (!wasKept) await store.remove(`${KEPT}/${version}`);
    throw error;
  }
}

/** The version is as any other again; it need not have been kept. */
export async function releaseVersion(root: string, version: number): Promise<void> {
  await openStore(root).remove(`${KEPT}/${version}`);
}

/** In no order. */
export async function keptVersions(store: Store): Promise<number[]> {
  return (await store.list(KEPT)).filter((name) => /^\d{1,15}$/.test(name)).map(Number);
}

/** The first file of the version that is not there; undefined where all are. */
export async function missingFile(snapshot: Snapshot): Promise<string | undefined> {
  const there = new Set<string>();
  for await (const { path } of openStore(snapshot.root).walk('')) there.add(path);
  return (await filesOfVersion(snapshot)).find((path) => !there.has(path));
}

/** Paths of the data files and deletion vectors that a version is read from. */
export async function filesOfVersion(snapshot: Snapshot): Promise<string[]> {
  const live = await snapshot.state.files.live();
  return live.flatMap(({ path, deletionVector }) => {
    const vector = deletionVector && deletionVectorPath(deletionVector);
    return [decodePath(path), ...(vector === undefined ? [] : [vector])];
  });
}
