import type { Action, AddFile } from './actions.ts';
import { writeCheckpointOf } from './checkpoint.ts';
import { formatActions, readLoggedCommit } from './commit-file.ts';
import { fileKey } from './file-state.ts';
import { keptVersions } from './keep-version.ts';
import { commitPath, LOG, parseLogName } from './log-name.ts';
import { listLog } from './log-segment.ts';
import { refresh } from './open-table.ts';
import type { Snapshot } from './snapshot.ts';
import { openStore, type Store } from './store/store.ts';

/**
 * Takes the statistics of files that are no longer in the table out of its log: bounds are values of rows, and stay
 * readable when the files are long vacuumed. Commits are written anew with the same actions, so that versions, txns
 * and history stay what they are; a checkpoint of the newest version takes the place of the earlier ones, but for those of
 * kept versions. May be repeated; killed in between, every version reads as before. Checkpoints that other engines
 * wrote as v2 are theirs to clean up. Resolves to the number of log files that were written anew or removed.
 */
export async function redactLog(
  snapshot: Snapshot,
  { clock = Date.now }: { clock?: () => number } = {},
): Promise<number> {
  const current = await refresh(snapshot);
  const store = openStore(current.root);
  const live = await current.state.files.live();
  await writeCheckpointOf(current, clock);
  const removed = await removeEarlierCheckpoints(store, current.version);
  const isLive = new Set(live.map(fileKey));
  let rewritten = 0;
  for (const version of (await listLog(store, 0)).commits) {
    if (version > current.version) continue;
    const commit = await readLoggedCommit(store, version);
    const actions = commit?.actions.map((action) => withoutBounds(action, isLive));
    if (actions === undefined || actions.every((action, index) => action === commit!.actions[index]))
      continue;
    await store.replace(commitPath(version), formatActions(actions));
    rewritten++;
  }
  return removed + rewritten;
}

async function removeEarlierCheckpoints(store: Store, version: number): Promise<number> {
  const kept = new Set(await keptVersions(store));
  const names = (await store.list(LOG)).filter((name) => {
    const parsed = parseLogName(name);
    return parsed?.kind === 'checkpoint' && parsed.version < version && !kept.has(parsed.version);
  });
  // Without commit 0 the earliest versions are read from a checkpoint: they end here, as with log cleaning.
  for (const name of names) await store.remove(`${LOG}/${name}`);
  return names.length;
}

/** How many rows a removed file had is no secret, and what readers of an old version need. */
function withoutBounds(action: Action, isLive: ReadonlySet<string>): Action {
  if (!('add' in action) || action.add.stats === undefined || isLive.has(fileKey(action.add))) return action;
  const stats = countOnly(action.add);
  return stats === action.add.stats ? action : { add: { ...action.add, stats } };
}

function countOnly({ stats }: AddFile): string {
  try {
    const { numRecords } = JSON.parse(stats!) as { numRecords?: number };
    return JSON.stringify({ numRecords });
  } catch {
    return '{}';
  }
}
