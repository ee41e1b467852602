/** What a search gives of each record that it found. */
import type { Mapping } from '../source/mapping.ts';
import type { Asked } from './ask-sides.ts';
import { type Highlight, highlighter } from './highlight.ts';
import type { GroupBy, Ranked } from './rank.ts';
import type { AttributeValue, Candidate, StoredPassage } from './store.ts';

/** BM25 and cosine; null where that side did not find the passage among its candidates. */
export interface Scores {
  keyword: number | null;
  semantic: number | null;
}

export interface HitPassage {
  passageId: string;
  scores: Scores;
  text: string;
  /** Words that were asked for, in any form. */
  highlights: Highlight[];
}

/** The record's best passage, and what the record says of itself. */
export interface Hit extends HitPassage {
  recordId: string;
  /** Orders the hits unless they are reranked: the fused score in hybrid mode, the side's own score otherwise. */
  score: number;
  /** The reranker's score, which then orders the hits; those without one come after. */
  reranked?: number;
  attributes: Record<string, AttributeValue>;
  /** ISO 8601, UTC. */
  at: string | null;
  /** The sentence of the best passage that is nearest to the question, where it was asked for. */
  sentence?: Highlight;
  /** The best passages, this one first, where more than one was asked for. */
  passages?: HitPassage[];
  /** Place and score of the record (or the passage) on each side, where it was asked for; places begin with 1. */
  explain?: Record<'keyword' | 'semantic', { rank: number; score: number } | null>;
}

/** A passage, and what its record says of itself. */
export interface ShownPassage {
  passageId: string;
  recordId: string;
  text: string;
  attributes: Record<string, AttributeValue>;
  /** ISO 8601, UTC. */
  at: string | null;
}

export function shownPassage(mapping: Mapping, stored: StoredPassage): ShownPassage {
  const { passage: passageId, record: recordId, text, at } = stored;
  return {
    ...{ passageId, recordId, text, attributes: attributesOf(mapping, stored) },
    at: at === null ? null : isoTime(at),
  };
}

/** The hits of one page. What is no longer in the store is left out: it cannot be shown. */
export function hitsOf(
  mapping: Mapping,
  { sides, marked }: Pick<Asked, 'sides' | 'marked'>,
  page: readonly Ranked[],
  stored: ReadonlyMap<string, StoredPassage>,
  shownPassages: number,
): Hit[] {
  const scores = {
    keyword: new Map(sides.keyword?.map(({ passage, score }) => [passage, score])),
    semantic: new Map(sides.semantic?.map(({ passage, score }) => [passage, score])),
  };
  const highlights = highlighter(marked);
  const passageOf = ({ passage, text }: StoredPassage): HitPassage => ({
    passageId: passage,
    scores: {
      keyword: scores.keyword.get(passage) ?? null,
      semantic: scores.semantic.get(passage) ?? null,
    },
    text,
    highlights: highlights(text),
  });
  return page.flatMap(({ record, score, reranked, passages }): Hit[] => {
    const shown = passages.slice(0, shownPassages).flatMap((id) => stored.get(id) ?? []);
    const [best] = shown;
    if (best === undefined) return [];
    const { passageId, ...rest } = passageOf(best);
    return [
      {
        recordId: record,
        passageId,
        score,
        ...(reranked === undefined ? {} : { reranked }),
        ...rest,
        attributes: attributesOf(mapping, best),
        at: best.at === null ? null : isoTime(best.at),
        ...(shownPassages > 1 ? { passages: shown.map(passageOf) } : {}),
      },
    ];
  });
}

function attributesOf({ attributes }: Mapping, passage: StoredPassage): Hit['attributes'] {
  return Object.fromEntries(
    attributes.map(({ name, type }) => {
      const value = passage.attributes[name] ?? null;
      return [name, type === 'timestamp' && value !== null ? isoTime(value as number) : value];
    }),
  );
}

function isoTime(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString();
}

/** Adds to each hit where each side had it. */
export function explainHits(
  hits: readonly Hit[],
  { keyword, semantic }: Asked['sides'],
  groupBy: GroupBy,
): void {
  const keyOf = (one: Candidate) => (groupBy === 'record' ? one.record : one.passage);
  const places = [keyword, semantic].map((side) => {
    const found = new Map<string, { rank: number; score: number }>();
    for (const one of side ?? [])
      if (!found.has(keyOf(one))) found.set(keyOf(one), { rank: found.size + 1, score: one.score });
    return found;
  });
  for (const hit of hits) {
    const key = groupBy === 'record' ? hit.recordId : hit.passageId;
    hit.explain = { keyword: places[0]!.get(key) ?? null, semantic: places[1]!.get(key) ?? null };
  }
}
