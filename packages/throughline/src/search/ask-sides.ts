/** Asks both sides for candidates: of a question in words, or of passages that others should be like. */
import type { Filter } from '../filter/index.ts';
import type { IndexColumns } from './columns.ts';
import { type Expanded, expandTerms } from './expand-terms.ts';
import type { NearestPlan } from './filter-plan.ts';
import { keepClauses, ofRecords } from './keep-clauses.ts';
import { isPasted, type KeywordQuery, parseTerms, plainTerms } from './keyword-query.ts';
import { normalised } from './mmr.ts';
import { nearestByPlan } from './nearest-by-plan.ts';
import type { QueryModel } from './query-model.ts';
import type { Sides } from './rank.ts';
import type { SearchRequest, SimilarRequest } from './request.ts';
import { type IndexStore, MAX_CANDIDATES } from './store.ts';
import type { Timings } from './timings.ts';
import { usage } from './usage.ts';

export interface Index {
  store: IndexStore;
  columns: IndexColumns;
  model: QueryModel;
}

export interface Scope {
  /** Candidates of each side. */
  depth: number;
  filter: Filter | undefined;
  timings: Timings;
}

export interface Asked {
  sides: Sides;
  /** Words that are marked in the hits. */
  marked: string;
  vector?: Float32Array;
  /** What the keyword side was asked. */
  query?: KeywordQuery;
  plan?: NearestPlan;
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
  const [found, near] = await Promise.all([keyword, askNearest(index, wanted.join(' '), scope)]);
  const semantic =
    'clauses' in asked.query
      ? await keepClauses(store, asked.query.clauses, near.candidates)
      : near.candidates;
  return {
    sides: { keyword: found, semantic },
    marked,
    vector: near.vector,
    query: asked.query,
    plan: near.plan,
  };
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

async function askNearest({ store, model }: Index, text: string, scope: Scope) {
  const vector = await scope.timings.time('embed', () => model.question(text));
  return { vector, ...(await nearest(store, vector, scope)) };
}

async function nearest(store: IndexStore, vector: Float32Array, { depth, filter, timings }: Scope) {
  return timings.time('semantic', () => nearestByPlan(store, vector, { limit: depth, filter }));
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
    records.map((id) => store.matching(ofRecords([id]), PASSAGES_OF_A_LIKENESS)),
  );
  const like = new Set([...ofThem.flat().map(({ passage }) => passage), ...passageIds]);
  const vectors = await store.vectors([...like]);
  const unknown = [
    ...records.filter((_, i) => ofThem[i]!.length === 0),
    ...passageIds.filter((id) => !vectors.has(id)),
  ];
  if (unknown.length > 0)
    throw usage(
      `the index has no ${unknown.join(', ')}`,
      'Ids of records are those of the source; those of passages (--passage) stand in the hits of --json.',
    );
  const passages = passageIds.length === 0 ? [] : (await store.fetch(passageIds)).values();
  const left = new Set([...records, ...Array.from(passages, ({ record }) => record)]);
  const own = await store.matching(ofRecords([...left]), MAX_CANDIDATES);
  const vector = mean([...vectors.values()]);
  const wider = { ...scope, depth: Math.min(scope.depth + own.length, MAX_CANDIDATES) };
  const { plan, candidates } = await nearest(store, vector, wider);
  const semantic = candidates.filter(({ record }) => !left.has(record)).slice(0, scope.depth);
  return { sides: { keyword: undefined, semantic }, marked: '', vector, plan };
}

/** Of length 1. */
function mean(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]!.length);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]!;
  return normalised(sum);
}
