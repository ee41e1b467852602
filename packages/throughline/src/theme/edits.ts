/** Edits of themes by people: data, replayed over every fit in the order in which they were made. */

/** A part that a theme was split into: its passages are those that are nearest to it. */
export interface Part {
  id: string;
  /** Of length 1. */
  centroid: Float32Array;
}

/** What a pinned theme was when it was pinned: it comes back where a fit has dissolved it. */
export interface Pinned {
  label: string;
  keywords: string[];
  /** Microseconds since 1970 UTC. */
  firstSeen: bigint;
  centroid: Float32Array;
}

export type EditAction =
  | { kind: 'rename'; theme: string; label: string }
  | { kind: 'merge'; theme: string; into: string }
  | { kind: 'split'; theme: string; parts: Part[]; modelDigest: string }
  | { kind: 'pin'; theme: string; pinned: Pinned; modelDigest: string }
  | { kind: 'hide'; theme: string };

/** `number`: 1 for the first of the lake. `at` in milliseconds since 1970 UTC. */
export interface Signed {
  number: number;
  author: string;
  at: number;
}

export type Edit = EditAction & Signed;
/** A line of the log: an edit, or that an earlier one was taken back. */
export type EditEntry = (EditAction | { kind: 'undo'; undoes: number }) & Signed;

/** Those that hold, in their order. */
export function standingEdits(log: readonly EditEntry[]): Edit[] {
  const undone = new Set(log.flatMap((entry) => (entry.kind === 'undo' ? [entry.undoes] : [])));
  return log.flatMap((entry) => (entry.kind === 'undo' || undone.has(entry.number) ? [] : [entry]));
}

/** The themes that the edit speaks of. */
export function themesOfEdit(edit: EditAction): string[] {
  if (edit.kind === 'merge') return [edit.theme, edit.into];
  if (edit.kind === 'split') return [edit.theme, ...edit.parts.map(({ id }) => id)];
  return [edit.theme];
}
