import type { Reply } from './embedding-request.ts';

/** What one call of `embed` has so far. Positions are those of the call's texts. */
export interface Harvest {
  /** Takes what came for these positions; returns those that are still missing. */
  keep(positions: readonly number[], reply: Reply): readonly number[];
  readonly vectors: Float32Array;
  readonly tokens: number;
}

/** NaN stands where nothing came: it cannot be taken for a vector. */
export function openHarvest(count: number, dimension: number): Harvest {
  const vectors = new Float32Array(count * dimension).fill(Number.NaN);
  let tokens = 0;
  return {
    vectors,
    get tokens() {
      return tokens;
    },
    keep: (positions, reply) => {
      tokens += reply.tokens;
      for (const [at, vector] of reply.good) vectors.set(vector, positions[at]! * dimension);
      return reply.bad.map((at) => positions[at]!);
    },
  };
}
