import { byDistance } from './by-distance.ts';
import { ThemesError } from './errors.ts';
import { openNearestRows } from './nearest-rows.ts';
import { place } from './place.ts';
import { rowCount, unitVectors } from './unit-vectors.ts';
import { type Assignments, type SoftVote, vote } from './vote.ts';

/** Vectors whose themes are known: those that a fit was made of, or exemplars of its themes. */
export interface Fitted {
  vectors: Float32Array;
  membership: Int32Array;
  themes: number;
  /** How exemplars vote. Without it, as fitted vectors do: each by its cosine, and a score is a plain share. */
  vote?: SoftVote;
  /** By the nearest vector, as k-means assigns, without a vote. */
  by?: 'distance';
  /** Of a layout, n * 2: new vectors get positions by their neighbours'. */
  positions?: Float32Array;
}

export interface Assigned extends Assignments {
  /** n * 2, where the fitted vectors have positions. */
  positions?: Float32Array;
}

export const DEFAULT_VOTERS = 15;

export interface AssignOptions {
  /** Neighbours that vote; 15 unless told. */
  k?: number;
  threads?: number;
}

/** Gives themes to as many vectors as come. */
export interface Assigner extends AsyncDisposable {
  /** What a vector gets does not depend on the others, nor on the call. Throws ThemesError when sizes do not fit. */
  assign(vectors: Float32Array): Promise<Assigned>;
  close(): Promise<void>;
}

/**
 * Gives every vector a theme by the votes of its `k` nearest fitted vectors (each of the weight of its cosine) or exemplars. What a
 * vector gets does not depend on the others in the call. Throws ThemesError when sizes do not fit.
 */
export async function assign(
  vectors: Float32Array,
  dimension: number,
  fitted: Fitted,
  options: AssignOptions = {},
): Promise<Assigned> {
  await using assigner = await openAssigner(fitted, dimension, options);
  return await assigner.assign(vectors);
}

/** Prepares the fitted vectors once, for many calls of `assign`; they must not change until it is closed. */
export async function openAssigner(
  fitted: Fitted,
  dimension: number,
  { k = DEFAULT_VOTERS, threads = 0 }: AssignOptions = {},
): Promise<Assigner> {
  const known = rowCount(fitted.vectors, dimension);
  if (known !== fitted.membership.length || known === 0) {
    const message = `${known} fitted vectors have ${fitted.membership.length} themes; fit themes before assigning`;
    throw new ThemesError('assignment_shape', message);
  }
  const base = unitVectors(fitted.vectors, dimension);
  const search = await openNearestRows(base, dimension, Math.min(k, known), threads);
  return {
    async assign(vectors) {
      const count = rowCount(vectors, dimension);
      const near = await search.find(unitVectors(vectors, dimension));
      const { positions } = fitted;
      return {
        ...(fitted.by === 'distance'
          ? byDistance(vectors, dimension, fitted)
          : vote(near, count, fitted, fitted.vote)),
        ...(positions && { positions: place(near, count, positions) }),
      };
    },
    close: () => search.close(),
    [Symbol.asyncDispose]: () => search.close(),
  };
}
