/**
 * What a query asks of a search engine, and all that it asks: Zvec answers today, another engine, or several stores as
 * one, may answer as well. Filters name the columns of the passages table: `_id`, `_chunk`, `_at` and attributes.
 */
import type { Filter } from '../filter/index.ts';
import type { KeywordQuery } from './keyword-query.ts';

/** A passage that a side found. As little as ranking needs: what is shown is fetched for what is shown. */
export interface Candidate {
  passage: string;
  record: string;
  /** BM25, or the inner product of normalised vectors; the greater, the better. */
  score: number;
}

export interface CandidateOptions {
  /** The most candidates, from 1 to MAX_CANDIDATES. */
  limit: number;
  /** Only passages that meet it. */
  filter?: Filter | undefined;
}

export interface NearestOptions extends CandidateOptions {
  /** Compares the vector with every passage that meets the filter, instead of walking a graph: what it misses is worse by less than 1e-4. */
  exact?: boolean;
}

export type AttributeValue = string | number | boolean | null;

/** A passage as a hit shows it. */
export interface StoredPassage {
  passage: string;
  record: string;
  ordinal: number;
  text: string;
  /** Microseconds since 1970 UTC. */
  at: number | null;
  /** By name; timestamps in microseconds. */
  attributes: Record<string, AttributeValue>;
}

/** More than an engine gives at once. */
export const MAX_CANDIDATES = 2_048;

/**
 * Candidates are best first, ties ordered by passage, so that equal input gives equal order. What a store has no words
 * for is refused with FilterNotSupportedError, never answered nearly.
 */
export interface IndexStore extends AsyncDisposable {
  /** Number of passages. */
  readonly passages: number;
  /** Passages that match the words, by BM25. */
  keyword(query: KeywordQuery, options: CandidateOptions): Promise<Candidate[]>;
  /** Passages whose vectors are nearest. */
  nearest(vector: Float32Array, options: NearestOptions): Promise<Candidate[]>;
  /** How many passages meet the filter, counted up to `limit`. */
  count(filter: Filter, limit: number): Promise<number>;
  /** Passages that meet the filter, in no order that means anything; fewer than `limit` are all of them. */
  matching(filter: Filter, limit: number): Promise<Omit<Candidate, 'score'>[]>;
  /** By id; what is not there is left out. */
  fetch(passages: readonly string[]): Promise<Map<string, StoredPassage>>;
  /** Vectors by id; what is not there is left out. */
  vectors(passages: readonly string[]): Promise<Map<string, Float32Array>>;
}

/** The order of candidates. */
export function byScore(a: Candidate, b: Candidate): number {
  return b.score - a.score || (a.passage < b.passage ? -1 : 1);
}
