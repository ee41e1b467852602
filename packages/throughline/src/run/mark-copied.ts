import type { Build } from '../lake/build.ts';
import type { Lake } from '../lake/lake.ts';
import { commitStream, committedPosition } from '../lake/stream-commit.ts';
import { whole } from '../source/copy-marks.ts';

export interface Move {
  stream: string;
  position: number;
  run: string;
  clock: () => number;
}

/** Remembers that a run has published all that there was of a source, when its stream stood there. */
export async function markWhole(lake: Lake, build: Build, move: Move): Promise<void> {
  await moveTo(lake, build, whole(move.stream), move);
}

/** Commits a position without changes; what is further already stays. */
export async function moveTo(
  lake: Lake,
  build: Build,
  stream: string,
  { position, run, clock }: Pick<Move, 'position' | 'run' | 'clock'>,
): Promise<void> {
  const pipelineId = lake.pipeline.id;
  const after = committedPosition(pipelineId, build, stream);
  if (after !== null && after >= position) return;
  await commitStream({
    ...{ pipelineId, build, stream, after, to: position, clock },
    ...{ ids: new Set(), deadIds: new Set(), files: new Map() },
    told: { run, changes: 0, records: 0, passages: 0, deadLetters: 0 },
    changed() {},
  });
}
