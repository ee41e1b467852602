import type { Build } from '../lake/build.ts';
import type { Lake } from '../lake/lake.ts';
import { commitStream, committedPosition } from '../lake/stream-commit.ts';
import { copied, whole } from '../source/copy-marks.ts';

export interface Copy {
  stream: string;
  /** Of the stream, when the source was copied. */
  position: number;
  hasPublished: boolean;
  /** All that was there is published. */
  isWhole: boolean;
  run: string;
  clock: () => number;
}

/** Remembers that a run has published chunks of a source that tells its changes, so that whoever follows it knows from where to look again. */
export async function markCopied(lake: Lake, build: Build, copy: Copy): Promise<void> {
  const { stream, hasPublished, isWhole } = copy;
  if (hasPublished) await moveTo(lake, build, copied(stream), copy);
  if (isWhole) await moveTo(lake, build, whole(stream), copy);
}

/** Commits a position without changes; what is further already stays. */
export async function moveTo(
  lake: Lake,
  build: Build,
  stream: string,
  { position, run, clock }: Pick<Copy, 'position' | 'run' | 'clock'>,
): Promise<void> {
  const pipelineId = lake.pipeline.id;
  const after = committedPosition(pipelineId, build, stream);
  if (after !== null && after >= position) return;
  await commitStream({
    ...{ pipelineId, build, stream, after, to: position, clock },
    ...{ ids: new Set(), deadIds: new Set(), files: new Map() },
    told: { run, changes: 0, records: 0, passages: 0, deadLetters: 0 },
  });
}
