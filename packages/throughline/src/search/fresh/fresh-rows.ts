/**
 * The rows that streams have committed since the index was built, in memory, with their words and vectors. Each has the moments of
 * its birth and death, counted in commits: a question that was begun at one moment sees that moment's rows to its end,
 * whatever comes meanwhile, and nothing is copied for it.
 *
 * Memory: a vector (4 bytes a number), the text, and some 24 bytes a word: about 4 kB a passage of 30 words with 384 numbers.
 */
import type { FilterRow } from '../../filter/evaluate.ts';
import type { Attribute } from '../../source/mapping.ts';
import { fieldValue } from '../collection.ts';
import type { IndexedPassage } from '../collections.ts';
import type { StoredPassage } from '../store.ts';
import { tokens } from '../tokens.ts';
import { stemOf } from './stems.ts';

export interface Row extends StoredPassage {
  chunk: string;
  /** What filters ask. */
  values: FilterRow;
  /** Numbers of its stems, in their order. */
  stems: Uint32Array;
  /** The row that had this passage before; -1 without one. */
  before: number;
  born: number;
  died: number;
}

export interface FreshRows {
  readonly dimension: number;
  readonly attributes: readonly Attribute[];
  readonly rows: Row[];
  /** Words of each row. */
  readonly lengths: number[];
  /** Vectors, `SLAB` to an array. */
  readonly slabs: Float32Array[];
  /** Stems by their number. */
  readonly numbers: Map<string, number>;
  /** Words, folded, and how many rows have had them. */
  readonly words: Map<string, number>;
  /** By the stem's number: row and how often it has the stem, by turns. */
  readonly postings: number[][];
  /** The newest row of each passage. */
  readonly byPassage: Map<string, number>;
  readonly byRecord: Map<string, number[]>;
}

export const SLAB = 1_024;
const NEVER = Number.POSITIVE_INFINITY;

export function emptyRows(dimension: number, attributes: readonly Attribute[]): FreshRows {
  return {
    ...{ dimension, attributes, rows: [], lengths: [], slabs: [], postings: [] },
    ...{ numbers: new Map(), words: new Map(), byPassage: new Map(), byRecord: new Map() },
  };
}

export function isVisible({ born, died }: Row, at: number): boolean {
  return born <= at && at < died;
}

/** Adds a row that nobody sees before it is born. Its number. */
export function addRow(fresh: FreshRows, passage: IndexedPassage): number {
  const { attributes } = fresh;
  const said = tokens(passage.text);
  addWords(fresh, said);
  const stems = said.map((word) => numberOf(fresh, stemOf(word)));
  const { record, chunk, ordinal, text, at } = passage;
  const named = attributes.map(({ name }, i) => [name, passage.attributes[i] ?? null] as const);
  return place(
    fresh,
    {
      ...{ passage: passage.passage, record, chunk, ordinal, text },
      at: fieldValue(at) as number | null,
      attributes: Object.fromEntries(named.map(([name, value]) => [name, fieldValue(value)])),
      values: { ...Object.fromEntries(named), _id: record, _chunk: chunk, _at: at } as FilterRow,
      stems: Uint32Array.from(stems),
      ...{ before: -1, born: NEVER, died: NEVER },
    },
    passage.vector,
  );
}

function addWords({ words }: FreshRows, said: readonly string[]): void {
  for (const word of new Set(said)) words.set(word, (words.get(word) ?? 0) + 1);
}

function numberOf({ numbers }: FreshRows, stem: string): number {
  const number = numbers.get(stem) ?? numbers.size;
  numbers.set(stem, number);
  return number;
}

function place(fresh: FreshRows, row: Row, vector: Float32Array): number {
  const { rows, lengths, slabs, postings, byPassage, byRecord, dimension } = fresh;
  const number = rows.length;
  if (number % SLAB === 0) slabs.push(new Float32Array(SLAB * dimension));
  slabs.at(-1)!.set(vector, (number % SLAB) * dimension);
  for (const [stem, times] of timesOf(row.stems)) {
    postings[stem] ??= [];
    postings[stem].push(number, times);
  }
  rows.push({ ...row, before: byPassage.get(row.passage) ?? -1 });
  lengths.push(row.stems.length);
  byPassage.set(row.passage, number);
  const ofRecord = byRecord.get(row.record);
  if (ofRecord) ofRecord.push(number);
  else byRecord.set(row.record, [number]);
  return number;
}

function timesOf(stems: Uint32Array): Map<number, number> {
  const times = new Map<number, number>();
  for (const stem of stems) times.set(stem, (times.get(stem) ?? 0) + 1);
  return times;
}

export function vectorOf({ slabs, dimension }: FreshRows, row: number): Float32Array {
  const start = (row % SLAB) * dimension;
  return slabs[Math.floor(row / SLAB)]!.subarray(start, start + dimension);
}

/** The row of a passage at a moment. */
export function rowAt({ rows, byPassage }: FreshRows, passage: string, at: number): number | undefined {
  for (let row = byPassage.get(passage) ?? -1; row >= 0; row = rows[row]!.before)
    if (isVisible(rows[row]!, at)) return row;
  return undefined;
}

/** The same without the rows that are dead by then or not born, and their words. Whoever asks the one before may go on. */
export function withoutDead(fresh: FreshRows, at: number): FreshRows {
  const kept = emptyRows(fresh.dimension, fresh.attributes);
  // In the order of their numbers.
  const stems = [...fresh.numbers.keys()];
  for (const [number, row] of fresh.rows.entries()) {
    if (!isVisible(row, at)) continue;
    addWords(kept, tokens(row.text));
    const renumbered = row.stems.map((stem) => numberOf(kept, stems[stem]!));
    place(kept, { ...row, stems: renumbered }, vectorOf(fresh, number));
  }
  return kept;
}
