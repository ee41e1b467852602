/**
 * Runs that copy a source which is followed, a small file each (`copies/RUN.json`): it is there before the run's first chunk is published, says
 * when the run is over, and is taken away when whoever follows the source has given all changes since once more.
 */
import { openStore } from '@throughline/delta/store';
import type { Leases } from '../chunk/lease.ts';
import type { Copies, Copy } from '../source/copy-marks.ts';
import { whole } from '../source/copy-marks.ts';
import { type Build, refreshTables } from './build.ts';
import { readJson, removeJson, replaceJson } from './json-file.ts';
import type { Lake } from './lake.ts';
import { lakePath } from './lake-path.ts';
import { committedPosition } from './stream-commit.ts';

export interface RunningCopy extends Copy {
  /** Digest of the build. */
  build: string;
  owner: string;
}

interface KeptCopy extends RunningCopy {
  isOver: boolean;
}

export async function beginCopy(lake: Lake, copy: RunningCopy): Promise<void> {
  await replaceJson(fileOf(lake, copy), { ...copy, isOver: false } satisfies KeptCopy);
}

/** Also where somebody has taken the file away, who thought that the run was dead: chunks may have been published since. */
export async function endCopy(lake: Lake, copy: RunningCopy): Promise<void> {
  await replaceJson(fileOf(lake, copy), { ...copy, isOver: true } satisfies KeptCopy);
}

/** Nothing was published, or nobody follows the source. */
export async function forgetCopy(lake: Lake, copy: Copy): Promise<void> {
  await removeJson(fileOf(lake, copy));
}

/** `leases` tell of the runs that were killed. */
export function openCopies(lake: Lake, build: Build, leases: Leases): Copies {
  const isOfStream = (copy: KeptCopy | undefined, stream: string): copy is KeptCopy =>
    copy?.stream === stream && copy.build === build.info.digest;
  return {
    async pending(stream) {
      const names = await openStore(lake.root).list('copies');
      const kept = await Promise.all(
        names
          .filter((name) => name.endsWith('.json'))
          .map((name) => readJson<KeptCopy>(lakePath(lake.root, 'copies', name))),
      );
      const over: Copy[] = [];
      for (const copy of kept)
        if (isOfStream(copy, stream) && (copy.isOver || !(await leases.holds(copy.owner)))) over.push(copy);
      return over;
    },
    async consumed(copies) {
      for (const copy of copies) await forgetCopy(lake, copy);
    },
    async isWhole(stream) {
      await refreshTables(build);
      return committedPosition(lake.pipeline.id, build, whole(stream)) !== null;
    },
  };
}

function fileOf({ root }: Lake, { run }: Copy): string {
  return lakePath(root, 'copies', `${run}.json`);
}
