/** Asks both sides for candidates: of a question in words, or of passages that others should be like. */
import type { IndexColumns } from './columns.ts';
import { type Expanded, expandTerms } from './expand-terms.ts';
import { moveQuestion } from './feedback.ts';
import type { NearestPlan } from './filter-plan.ts';
import { keepClauses, ofRecords } from './keep-clauses.ts';
import { type Clause, isPasted, type KeywordQuery, parseTerms, plainTerms } from './keyword-query.ts';
import { meanDirection } from './mmr.ts';
import { findNearest, type Nearest, orderByLikeness, type Scope } from './nearest.ts';
import type { QueryModel } from './query-model.ts';
import type { Sides } from './rank.ts';
import type { SearchRequest, SimilarRequest } from './request.ts';
import { type Candidate, type IndexStore, MAX_CANDIDATES } from './store.ts';
import { usage } from './usage.ts';
import { both, passagesWithin } from './within.ts';

export interface Index {
  store: IndexStore;
  columns: IndexColumns;
  model: QueryModel;
}

export interface Asked {
  sides: Sides;
  /** Words that are marked in the hits. */
  marked: string;
  vector?: Float32Array;
  /** What the keyword side was asked. */
  query?: KeywordQuery;
  plan?: NearestPlan;
  /** Records towards which the question was moved for the semantic side: its scores are not those of the question. */
  feedback?: string[];
}

export async function askQuestion(index: Index, request: SearchRequest, scope: Scope): Promise<Asked> {
  const { query: text, mode = 'hybrid' } = request;
  if (mode === 'semantic') {
    const { vector, plan, candidates } = await askNearest(index, text, scope);
    return { sides: { keyword: undefined, semantic: candidates }, marked: text, vector, plan };
  }
  const terms = request.syntax === false ? undefined : parseTerms(text);
  const asked = await expand(index, text, terms, request.typos ?? false);
  const { store } = index;
  const keyword = scope.timings.time('keyword', () =>
    store.keyword(asked.query, { limit: scope.depth, filter: scope.filter }),
  );
  const marked = asked.marked?.join(' ') ?? text;
  if (mode === 'keyword')
    return { sides: { keyword: await keyword, semantic: undefined }, marked, query: asked.query };
  const wanted = terms?.filter(({ occurs }) => occurs !== 'not').flatMap(({ words }) => words) ?? [text];
  if ('plain' in asked.query) {
    const [found, near] = await Promise.all([keyword, askNearest(index, wanted.join(' '), scope)]);
    const first = { keyword: found, semantic: near.candidates };
    const again = request.feedback === false ? undefined : await askMoved(index, near.vector, first, scope);
    return { sides: first, marked, vector: near.vector, query: asked.query, plan: near.plan, ...again };
  }
  const [found, vector] = await Promise.all([keyword, embed(index, wanted.join(' '), scope)]);
  const { plan, candidates } = await meaningOf(store, asked.query.clauses, found, vector, scope);
  return { sides: { keyword: found, semantic: candidates }, marked, vector, query: asked.query, plan };
}

/**
 * The semantic side of a query with clauses, which hold for it, too. Where a passage must have something, and fewer were
 * found than asked for, these are all: they are ordered by their meaning. Else what is near is asked for the clauses.
 */
async function meaningOf(
  store: IndexStore,
  clauses: readonly Clause[],
  found: readonly Candidate[],
  vector: Float32Array,
  scope: Scope,
): Promise<Nearest> {
  const areAll = found.length < scope.depth && clauses.some(({ occurs }) => occurs === 'must');
  if (areAll) return orderByLikeness(store, vector, found, scope);
  const { plan, candidates } = await findNearest(store, vector, scope);
  return { plan, candidates: await keepClauses(store, clauses, candidates) };
}

async function expand(
  { columns }: Index,
  text: string,
  terms: ReturnType<typeof parseTerms>,
  typos: boolean,
): Promise<Pick<Expanded, 'query'> & Partial<Expanded>> {
  if (terms === undefined && (!typos || isPasted(text))) return { query: { plain: text } };
  const expanded = await expandTerms(terms ?? plainTerms(text), columns.words, { typos });
  // Words that are all known are the plain words that they were.
  const isPlain = terms === undefined && 'clauses' in expanded.query && expanded.query.clauses.every(isWord);
  return isPlain ? { query: { plain: text } } : expanded;
}

function isWord({ anyOf }: { anyOf: string[][] }): boolean {
  return anyOf.length === 1 && anyOf[0]!.length === 1;
}

/** The semantic side once more, for the question as it is moved towards its first hits. */
async function askMoved(
  { store }: Index,
  question: Float32Array,
  first: Sides,
  scope: Scope,
): Promise<Pick<Asked, 'sides' | 'plan' | 'feedback'> | undefined> {
  const moved = await scope.timings.time('feedback', () => moveQuestion(store, question, first));
  if (moved === undefined) return undefined;
  const { plan, candidates } = await findNearest(store, moved.vector, scope);
  return { sides: { ...first, semantic: candidates }, plan, feedback: moved.records };
}

async function askNearest(index: Index, text: string, scope: Scope) {
  const vector = await embed(index, text, scope);
  return { vector, ...(await findNearest(index.store, vector, scope)) };
}

function embed({ model }: Index, text: string, { timings }: Scope): Promise<Float32Array> {
  return timings.time('embed', () => model.question(text));
}

/** Of each record: more passages tell nothing new about what it is like. */
const PASSAGES_OF_A_LIKENESS = 100;

/** Passages like the mean of the given ones. Their records are left out. */
export async function askSimilar(
  { store }: Index,
  { records = [], passageIds = [] }: SimilarRequest,
  scope: Scope,
): Promise<Asked> {
  const ofThem = await Promise.all(
    records.map((id) => store.matching(both(scope.within, ofRecords([id]))!, PASSAGES_OF_A_LIKENESS)),
  );
  const named = await store.fetch(passageIds);
  const seen = new Set(passagesWithin([...named.values()], scope.within).map(({ passage }) => passage));
  const like = new Set([...ofThem.flat().map(({ passage }) => passage), ...passageIds]);
  const vectors = await store.vectors([...like]);
  const unknown = [
    ...records.filter((_, i) => ofThem[i]!.length === 0),
    ...passageIds.filter((id) => !seen.has(id)),
  ];
  if (unknown.length > 0)
    throw usage(
      `the index has no ${unknown.join(', ')}`,
      'Ids of records are those of the source; those of passages (--passage) stand in the hits of --json.',
    );
  const left = new Set([...records, ...Array.from(named.values(), ({ record }) => record)]);
  const own = await store.matching(ofRecords([...left]), MAX_CANDIDATES);
  const vector = meanDirection([...vectors.values()]);
  const wider = { ...scope, depth: Math.min(scope.depth + own.length, MAX_CANDIDATES) };
  const { plan, candidates } = await findNearest(store, vector, wider);
  const semantic = candidates.filter(({ record }) => !left.has(record)).slice(0, scope.depth);
  return { sides: { keyword: undefined, semantic }, marked: '', vector, plan };
}
