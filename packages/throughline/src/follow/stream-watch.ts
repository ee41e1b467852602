/** Looks after the streams that are followed: figures of each, told from time to time, and who is told when one is late. */
import type { FeedBatch } from '../source/change-feed.ts';
import type { StreamFigures } from '../telemetry/index.ts';

export interface StreamWatch {
  /** Of a batch that is published; `age` in seconds. */
  published(batch: FeedBatch, age: number | undefined): Promise<void>;
  /** Of a batch that could not be published yet. */
  waits(batch: FeedBatch): Promise<void>;
}

export interface WatchSettings {
  /** `follow.maxLag` in milliseconds. */
  maxLagMs: number | undefined;
  /** Milliseconds since 1970 UTC. */
  clock: () => number;
  tellFigures(streams: readonly StreamFigures[]): Promise<void>;
  /** The streams that are late, by their ages in seconds, of those that were `judged`: told when these are others than before. */
  tellLate(late: ReadonlyMap<string, number>, judged: ReadonlySet<string>): Promise<void>;
}

/** Between two times that figures are told. */
const FIGURES_MS = 15_000;

/** Telling fails nothing: whoever is to be told sees to that. */
export function openStreamWatch({ maxLagMs, clock, tellFigures, tellLate }: WatchSettings): StreamWatch {
  const figures = new Map<string, StreamFigures>();
  const late = new Map<string, number>();
  /** Streams of which somebody may think what a process before this one has told. */
  const judged = new Set<string>();
  let toldAt = Number.NEGATIVE_INFINITY;
  const judge = async (stream: string, age: number | undefined) => {
    if (maxLagMs === undefined || age === undefined) return;
    const isLate = age * 1000 > maxLagMs;
    if (isLate === late.has(stream) && judged.has(stream)) return;
    judged.add(stream);
    if (isLate) late.set(stream, age);
    else late.delete(stream);
    await tellLate(late, judged);
  };
  return {
    async published({ stream, to, behind }, age) {
      figures.set(stream, { stream, position: to, age, behind, publishedAt: clock() });
      await judge(stream, age);
      if (clock() - toldAt < FIGURES_MS) return;
      toldAt = clock();
      await tellFigures([...figures.values()]);
    },
    waits: ({ stream, newestAt }) =>
      judge(stream, newestAt === undefined ? undefined : (clock() - newestAt) / 1000),
  };
}
