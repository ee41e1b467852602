import { history } from '@throughline/delta';
import type { Build } from '../lake/build.ts';
import type { Lake } from '../lake/lake.ts';
import { committedPositions, type StreamPublication } from '../lake/stream-commit.ts';
import { isMark } from '../source/copy-marks.ts';

export interface StreamStatus {
  stream: string;
  position: number;
  /** When it was last published (ISO 8601), with what was known then; absent where that is longer ago than LOOKED_AT commits. */
  last?: { at: string; ageSeconds?: number; behind?: number };
}

/** Of the newest commits of the passages table; each is a small file. */
const LOOKED_AT = 100;

/** The streams that a build has, by name. Without any the log is not read. */
export async function streamStatus(lake: Lake, build: Build): Promise<StreamStatus[]> {
  const positions = committedPositions(lake.pipeline.id, build);
  if (positions.size === 0) return [];
  const last = new Map<string, StreamStatus['last']>();
  for (const { info, timestamp } of await history(build.tables.passages.root, LOOKED_AT)) {
    const publication = info.throughline as Partial<StreamPublication> | undefined;
    // Records that were published again are no news of the stream.
    if (publication?.stream === undefined || publication.batch === undefined) continue;
    if (last.has(publication.stream)) continue;
    const { newest, behind } = publication.batch;
    last.set(publication.stream, {
      at: new Date(timestamp).toISOString(),
      ...(newest === undefined ? {} : { ageSeconds: Math.max(0, timestamp - newest) / 1000 }),
      ...(behind === undefined ? {} : { behind }),
    });
  }
  return [...positions]
    .filter(([stream]) => !isMark(stream))
    .map(([stream, position]) => ({
      ...{ stream, position },
      ...(last.has(stream) && { last: last.get(stream)! }),
    }))
    .sort((a, b) => (a.stream < b.stream ? -1 : 1));
}
