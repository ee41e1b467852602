/** From the candidates of each side to one ranking of records, or of passages. */
import { type Fusion, fuse, fuseScores, type Scored } from './fuse.ts';
import type { Candidate } from './store.ts';

export interface Sides {
  /** Best first; undefined where the side was not asked. */
  keyword: readonly Candidate[] | undefined;
  semantic: readonly Candidate[] | undefined;
}

export type GroupBy = 'record' | 'passage';

/** A record, or a passage, of the ranking. */
export interface Ranked {
  record: string;
  /** Orders the ranking: the fused score where both sides were asked, the side's own otherwise. */
  score: number;
  /** Best first: as both sides together rank them. At least one. */
  passages: string[];
  /** Score of the reranker, which then orders the ranking. */
  reranked?: number;
}

/**
 * Records are ranked by their best passage on each side, and their passages by what both sides together say of each: the
 * words and the meaning of a question may be in different passages of one record.
 */
export function rank(sides: Sides, groupBy: GroupBy, fusion: Fusion): Ranked[] {
  const records = new Map<string, string>();
  for (const { passage, record } of [...(sides.keyword ?? []), ...(sides.semantic ?? [])])
    records.set(passage, record);
  const passages = fuseSides(sides, ({ passage }) => passage, fusion);
  if (groupBy === 'passage')
    return passages.map(({ id, score }) => ({ record: records.get(id)!, score, passages: [id] }));
  const byRecord = new Map<string, string[]>();
  for (const { id } of passages) {
    const record = records.get(id)!;
    const known = byRecord.get(record);
    if (known) known.push(id);
    else byRecord.set(record, [id]);
  }
  return fuseSides(sides, ({ record }) => record, fusion).map(({ id, score }) => ({
    record: id,
    score,
    passages: byRecord.get(id)!,
  }));
}

function fuseSides({ keyword, semantic }: Sides, idOf: (one: Candidate) => string, fusion: Fusion): Scored[] {
  if (keyword === undefined) return firstOfEach(semantic ?? [], idOf);
  if (semantic === undefined) return firstOfEach(keyword, idOf);
  const lists = [firstOfEach(keyword, idOf), firstOfEach(semantic, idOf)];
  if (fusion.by === 'rrf') return fuse(lists.map((list) => list.map(({ id }) => id)));
  return fuseScores(lists, [1 - fusion.weight, fusion.weight]);
}

function firstOfEach(candidates: readonly Candidate[], idOf: (one: Candidate) => string): Scored[] {
  const best = new Map<string, number>();
  for (const one of candidates) if (!best.has(idOf(one))) best.set(idOf(one), one.score);
  return Array.from(best, ([id, score]) => ({ id, score }));
}
