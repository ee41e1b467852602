/** Chunks of the promoted build (or of the first, while it is made) by state: the ledger, and what is published. */
import { type ChunkState, fold, openLedger } from '../chunk/ledger.ts';
import { isAlive } from '../chunk/owner.ts';
import { existingBuild } from '../lake/build.ts';
import { type Current, type Lake, promotedOrNewestBuild, readCurrent } from '../lake/lake.ts';
import { type FitState, fitState } from '../theme/index.ts';
import { unreported } from './repair.ts';
import { type StreamStatus, streamStatus } from './stream-status.ts';

/** `abandoned`: claimed by a process that is gone; the next run takes it over. */
export type ChunkStateName = 'done' | 'running' | 'failed' | 'abandoned';

export interface ChunkStatus {
  chunk: string;
  state: ChunkStateName;
  attempt: number;
  records: number;
  passages: number;
  deadLetters: number;
  error?: string;
}

export interface LakeStatus {
  promoted: Current;
  /** Which fit the themes are of; null where there are none. */
  themes: FitState | null;
  states: Record<ChunkStateName, number>;
  counts: { records: number; passages: number; deadLetters: number };
  chunks: ChunkStatus[];
  /** Positions of the streams that were ever followed. */
  streams: StreamStatus[];
}

export async function lakeStatus(lake: Lake): Promise<LakeStatus> {
  const build = await existingBuild(lake, await promotedOrNewestBuild(lake));
  const ledger = await openLedger(lake, build.info.digest);
  // A process can die between publishing a chunk and reporting it.
  const states = fold(ledger.states, await unreported(ledger, build, lake.pipeline.id));
  const chunks = [...states]
    .map(([chunk, state]) => describe(chunk, state))
    .sort((a, b) => (a.chunk < b.chunk ? -1 : 1));
  const sum = (of: (chunk: ChunkStatus) => number) => chunks.reduce((total, chunk) => total + of(chunk), 0);
  const count = (state: ChunkStateName) => chunks.filter((chunk) => chunk.state === state).length;
  return {
    promoted: await readCurrent(lake),
    themes: (await fitState(lake)) ?? null,
    states: {
      done: count('done'),
      running: count('running'),
      failed: count('failed'),
      abandoned: count('abandoned'),
    },
    counts: {
      records: sum((c) => c.records),
      passages: sum((c) => c.passages),
      deadLetters: sum((c) => c.deadLetters),
    },
    chunks,
    streams: await streamStatus(lake, build),
  };
}

/** Counts are those of the last publication: a failed attempt leaves what was published. */
function describe(chunk: string, { attempt, last, done }: ChunkState): ChunkStatus {
  const { records = 0, passages = 0, deadLetters = 0 } = done ?? {};
  const claimed = isAlive(last.owner) === false ? 'abandoned' : 'running';
  const state = last.event === 'claimed' ? claimed : last.event;
  return {
    chunk,
    state,
    attempt,
    records,
    passages,
    deadLetters,
    ...(last.error === undefined ? {} : { error: last.error }),
  };
}
