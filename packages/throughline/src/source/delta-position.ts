/**
 * Where one stands in the versions of a Delta table, as one number that grows: a version may have more changes than a batch. Whole versions are
 * multiples of PARTS, and between them the batches of a version are counted. Whoever starts in the middle of one begins it again.
 */
const PARTS = 10_000_000;
/** Parts of a version that is read as a whole, as the first one is, are counted from here. */
const WHOLE = PARTS / 2;

export interface DeltaPlace {
  /** All of this version, and of those before, was told; -1 before the first. */
  told: number;
  /** The version that was being read as a whole. It has to be this one again: what was told of it may be gone in a later one. */
  reading?: number;
}

/** Versions up to some 900 million, of at most 5 million batches each. */
export function deltaPlace(position: number): DeltaPlace {
  const told = Math.floor(position / PARTS) - 1;
  return position % PARTS < WHOLE ? { told } : { told, reading: told + 1 };
}

export function afterVersion(version: number): number {
  return (version + 1) * PARTS;
}

/** After a further batch of the first version, which is not the last of it. */
export function amidFirst(version: number, after: number | null): number {
  return Math.max((after ?? 0) + 1, version * PARTS + WHOLE);
}
