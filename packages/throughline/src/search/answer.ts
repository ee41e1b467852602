/** From what both sides found to a page of hits. */
import { EXIT, ThroughlineError } from '../error.ts';
import type { Asked, Index } from './ask-sides.ts';
import { closestSentences } from './closest-sentence.ts';
import { checkCursor, parseCursor, printCursor, questionDigest } from './cursor.ts';
import { type Facets, facetColumns } from './facets.ts';
import type { NearestPlan } from './filter-plan.ts';
import type { Fusion } from './fuse.ts';
import { explainHits, type Hit, type HitPassage, hitsOf } from './hit.ts';
import type { KeywordQuery } from './keyword-query.ts';
import type { IndexManifest } from './manifest.ts';
import { dot } from './mmr.ts';
import type { Scope } from './nearest.ts';
import { diversifyRanked, sortRanked } from './order-hits.ts';
import { type Ranked, rank } from './rank.ts';
import type { SharedRequest } from './request.ts';
import type { Reordered } from './rerank-hits.ts';
import { searchFilter } from './search-filter.ts';
import { type IndexStore, MAX_CANDIDATES } from './store.ts';
import { type Timings, tenths, timings } from './timings.ts';
import { type Asking, both, withinFilter } from './within.ts';

export interface SearchResult {
  hits: Hit[];
  /** Version of the index. */
  index: string;
  /** Where the next page begins; null on the last one. */
  nextCursor: string | null;
  /** Milliseconds. */
  tookMs: number;
  facets?: Facets;
  /** Why the hits are not in the order of the reranker, where there is one and it failed or was too late. */
  notReranked?: string;
  explain?: Explanation;
}

export interface Explanation {
  /** Candidates that each side was asked for, and hits that they make on all pages. */
  depth: number;
  hits: number;
  fusion: Fusion;
  /** `query` is left out where only a part of the records is seen. */
  keyword: { query?: KeywordQuery; candidates: number } | null;
  semantic: {
    plan: NearestPlan;
    candidates: number;
    /** Records towards which the question was moved before this side was asked again. */
    feedback: string[] | null;
  } | null;
  /** Milliseconds of each part; sides are asked side by side. */
  timings: Record<string, number>;
}

/** Candidates that each side gives to the ranking, at the least. */
const CANDIDATES = 200;
const PER_HIT = 4;
const LIMIT = 10;

export interface Question {
  /** What the ranking depends on, beside what all questions have in common. */
  shape: Record<string, unknown>;
  fusion: Fusion;
  sentence: boolean;
  /** Whether a hit either matches or does not: sorted, all that match are wanted, not the best. */
  matches: boolean;
  ask(index: Index, scope: Scope): Promise<Asked>;
  /** A second look at the ranking. */
  rerank?: {
    /** Hits that it is of. */
    depth: number;
    by: (store: IndexStore, ranked: readonly Ranked[]) => Promise<Reordered>;
  };
}

export async function answer(
  index: Index,
  manifest: IndexManifest,
  request: SharedRequest,
  question: Question,
  asking?: Asking,
): Promise<SearchResult> {
  const started = performance.now();
  const { mapping, version } = manifest;
  const { limit = LIMIT, facets = [] } = request;
  const within = withinFilter(mapping, asking);
  const own = request.filter === undefined ? undefined : searchFilter(mapping, request.filter);
  const filter = both(within, own);
  const columns = facetColumns(mapping, facets);
  const digest = questionDigest({
    ...question.shape,
    ...orderOf(request),
    ...(asking?.within === undefined ? {} : { within: asking.within }),
  });
  const { depth: first, offset } = place(request, question, version, digest);
  const watch = timings();
  const counting =
    columns.length === 0 ? undefined : watch.time('facets', () => index.columns.facets(columns, filter));
  const ask = (depth: number) => question.ask(index, { depth, filter, within, timings: watch });
  const [{ asked, depth, all }, counts] = await Promise.all([
    askEnough(ask, request, question, first),
    counting,
  ]);
  const ordered = await watch.time('rank', () => order(index, manifest, request, all));
  const { rerank } = question;
  const isLooked = rerank !== undefined && offset < rerank.depth;
  const reordered = isLooked ? await watch.time('rerank', () => rerank.by(index.store, ordered)) : undefined;
  // A page in another order than the one before would repeat hits, and leave others out.
  if (reordered?.failed && offset > 0) throw pageFailed(reordered.failed);
  const ranked = reordered?.ranked ?? ordered;
  const page = ranked.slice(offset, offset + limit);
  const hits = await show(index, manifest, request, { question, asked, page, watch });
  const next = offset + limit;
  asking?.onTimings?.(watch.parts);
  return {
    hits,
    index: version,
    nextCursor:
      next < ranked.length ? printCursor({ index: version, question: digest, depth, offset: next }) : null,
    tookMs: tenths(performance.now() - started),
    ...(counts === undefined ? {} : { facets: counts }),
    ...(reordered?.failed ? { notReranked: reordered.failed } : {}),
    ...(request.explain
      ? { explain: explanation(asked, question.fusion, depth, ranked.length, watch, within !== undefined) }
      : {}),
  };
}

function pageFailed(reason: string): ThroughlineError {
  return new ThroughlineError(`the page could not be put into the order of those before it: ${reason}`, {
    code: 'rerank_failed',
    exitCode: EXIT.tryAgain,
    hint: 'Try again, or begin anew with rerank: false (--no-rerank).',
  });
}

/** What of a request the order of its hits depends on. */
function orderOf({ filter, group, minScore, diversity, sort }: SharedRequest): Record<string, unknown> {
  return { filter, group, minScore, diversity, sort };
}

function place(
  { cursor, limit = LIMIT, sort }: SharedRequest,
  { matches }: Question,
  version: string,
  digest: string,
): { depth: number; offset: number } {
  if (cursor === undefined) {
    const wanted = matches && sort !== undefined ? MAX_CANDIDATES : Math.max(CANDIDATES, limit * PER_HIT);
    return { depth: Math.min(wanted, MAX_CANDIDATES), offset: 0 };
  }
  const parsed = parseCursor(cursor);
  checkCursor(parsed, version, digest);
  return parsed;
}

/**
 * Where records have many passages, the candidates may be of a few records only: then more are asked for, until a page is
 * full. Pages after the first one have the depth of the first.
 */
async function askEnough(
  ask: (depth: number) => Promise<Asked>,
  { group = 'record', limit = LIMIT, cursor }: SharedRequest,
  { fusion }: Question,
  first: number,
): Promise<{ asked: Asked; depth: number; all: Ranked[] }> {
  for (let depth = first; ; depth = Math.min(depth * 2, MAX_CANDIDATES)) {
    const asked = await ask(depth);
    const all = rank(asked.sides, group, fusion);
    const { keyword = [], semantic = [] } = asked.sides;
    const hasMore = Math.max(keyword.length, semantic.length) >= depth && depth < MAX_CANDIDATES;
    if (cursor !== undefined || all.length >= limit || !hasMore) return { asked, depth, all };
  }
}

async function order(
  { store }: Index,
  { mapping }: IndexManifest,
  { minScore, diversity = 0, sort }: SharedRequest,
  all: Ranked[],
): Promise<Ranked[]> {
  const ranked = minScore === undefined ? all : all.filter(({ score }) => score >= minScore);
  if (sort !== undefined) return sortRanked(store, mapping, ranked, sort);
  return diversity > 0 ? diversifyRanked(store, ranked, diversity) : ranked;
}

interface Shown {
  question: Question;
  asked: Asked;
  page: readonly Ranked[];
  watch: Timings;
}

async function show(
  { store, model }: Index,
  { mapping }: IndexManifest,
  { group = 'record', passages = 1, explain }: SharedRequest,
  { question, asked, page, watch }: Shown,
): Promise<Hit[]> {
  const ids = page.flatMap((one) => one.passages.slice(0, passages));
  const stored = await watch.time('fetch', async () => (ids.length === 0 ? new Map() : store.fetch(ids)));
  const hits = hitsOf(mapping, asked, page, stored, passages);
  if (asked.feedback !== undefined) await scoreByQuestion(store, asked.vector!, hits);
  if (explain) explainHits(hits, asked.sides, group);
  const { vector } = asked;
  if (question.sentence && vector !== undefined) {
    const texts = hits.map(({ text }) => text);
    const spans = await watch.time('sentences', () => closestSentences(model, vector, texts));
    for (const [i, hit] of hits.entries()) hit.sentence = spans[i]!;
  }
  return hits;
}

/** What is shown is the likeness to the question, also where the side was asked for another vector. */
async function scoreByQuestion(
  store: IndexStore,
  question: Float32Array,
  hits: readonly Hit[],
): Promise<void> {
  const shown = hits.flatMap((hit): HitPassage[] => [hit, ...(hit.passages ?? [])]);
  const found = shown.filter(({ scores }) => scores.semantic !== null);
  const vectors = await store.vectors([...new Set(found.map(({ passageId }) => passageId))]);
  for (const { passageId, scores } of found) scores.semantic = dot(vectors.get(passageId)!, question);
}

function explanation(
  { sides, query, plan, feedback }: Asked,
  fusion: Fusion,
  depth: number,
  hits: number,
  { parts }: Timings,
  isWithin: boolean,
): Explanation {
  return {
    depth,
    hits,
    fusion,
    keyword:
      query === undefined
        ? null
        : // What a prefix or a typo stands for are words of all texts, also of those that are not within.
          { ...(isWithin ? {} : { query }), candidates: sides.keyword?.length ?? 0 },
    semantic:
      plan === undefined
        ? null
        : {
            plan: isWithin ? { ...plan, because: 'a part of the records is seen' } : plan,
            candidates: sides.semantic?.length ?? 0,
            feedback: feedback ?? null,
          },
    timings: parts,
  };
}
