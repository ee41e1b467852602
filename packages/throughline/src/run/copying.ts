/** A run that copies a source as a whole, or chunks of it, beside whoever follows its changes. */
import type { Claimant } from '../chunk/claim.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { type Build, refreshTables } from '../lake/build.ts';
import { beginCopy, endCopy, forgetCopy, openCopies } from '../lake/copies.ts';
import type { Lake } from '../lake/lake.ts';
import { committedPosition } from '../lake/stream-commit.ts';
import type { Standing } from '../source/open-feed.ts';
import { markWhole, moveTo } from './mark-copied.ts';

export interface Copying {
  /** Around the publication of chunks. */
  beside<T>(publish: () => Promise<T>): Promise<T>;
  /** Once the tables are read again. `isWhole`: all that there was is published. */
  over(isWhole: boolean): Promise<void>;
}

/** `standing` is that of the source before it was copied; undefined where nobody can follow it. */
export function copying(
  lake: Lake,
  build: Build,
  standing: Standing | undefined,
  { owner, run, clock, leases }: Claimant,
): Copying {
  if (standing === undefined) return { beside: (publish) => publish(), over: async () => {} };
  const { stream, position, canReread } = standing;
  const copy = { run, stream, position, build: build.info.digest, owner };
  const positionNow = () => committedPosition(lake.pipeline.id, build, stream);
  const before = positionNow();
  let hasPublished = false;
  return {
    async beside(publish) {
      await beginCopy(lake, copy);
      hasPublished = true;
      try {
        return await publish();
      } finally {
        await endCopy(lake, copy);
      }
    },
    async over(isWhole) {
      const move = { stream, position, run, clock: clock.now };
      if (isWhole) await markWhole(lake, build, move);
      await refreshTables(build);
      if (positionNow() === null) return await forgetCopy(lake, copy);
      if (canReread || !hasPublished) return;
      if (!isWhole || positionNow() !== before) throw followedMeanwhile(stream);
      await moveTo(lake, build, stream, move);
      if (positionNow() !== Math.max(position, before!)) throw followedMeanwhile(stream);
      const copies = openCopies(lake, build, leases);
      await copies.consumed(await copies.pending(stream));
    },
  };
}

/** What a stream has published was written over with what was there before. */
export function followedMeanwhile(stream: string): ThroughlineError {
  return new ThroughlineError(`${stream} was followed while a run copied it, or that run did not end`, {
    code: 'followed_meanwhile',
    exitCode: EXIT.usage,
    hint: 'Some records may be those of before. Stop whoever follows it, and read the table as a whole: throughline run --force',
  });
}
