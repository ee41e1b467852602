/**
 * Whether another fusion of the two sides would be better than today's: chosen on one collection, measured on the other.
 * The collections stay embedded in the user's cache folder: the second time takes seconds.
 */
import {
  differenceOf,
  type MeasuredQuery,
  measure,
  readJudgements,
  summarise,
} from '../packages/throughline/src/evaluation/index.ts';
import { embedAll, openEmbedder } from '../packages/throughline/src/model/index.ts';
import { corpusLake } from '../packages/throughline/src/run/evaluate-corpus.ts';
import { openSearcher, type SearchMode } from '../packages/throughline/src/search/index.ts';
import { CACHE, collections } from './collections.ts';
import { loadVectors } from './fusion/feedback.ts';
import { allMethods, type Method, type Scored, type Sides, TODAY } from './fusion/methods.ts';

export const description =
  'nDCG@10 of other ways to fuse the two sides, on the collection that they were not chosen on';

/** Records of each side. */
const CANDIDATES = 200;

interface Measured {
  name: string;
  /** By method, in the order of the queries. */
  measured: Map<string, MeasuredQuery[]>;
}

export default async function run(): Promise<Record<string, unknown>[]> {
  const methods = [side('keyword'), side('semantic'), ...allMethods()];
  const measured: Measured[] = [];
  for (const { name, directory } of await collections())
    measured.push(await measureAll(name, directory, methods));
  return measured.flatMap((collection) => rowsOf(collection, measured));
}

async function measureAll(name: string, directory: string, methods: readonly Method[]): Promise<Measured> {
  const judgements = await readJudgements(directory);
  const lake = await corpusLake(judgements, CACHE, {
    clock: Date.now,
    newId: crypto.randomUUID.bind(crypto),
    signal: new AbortController().signal,
    reporter: { stage() {}, planned() {}, rows() {}, chunk() {}, indexed() {}, warning: console.warn },
  });
  await using searcher = await openSearcher(lake);
  await using embedder = await openEmbedder(searcher.manifest.model!);
  const vectors = await loadVectors(lake);
  const ask = async (query: string, mode: SearchMode): Promise<Scored[]> => {
    const { hits } = await searcher.search({ query, mode, limit: CANDIDATES, syntax: false });
    return hits.map(({ recordId, score }) => ({ id: recordId, score }));
  };
  const all = new Map<string, MeasuredQuery[]>(methods.map(({ name }) => [name, []]));
  for (const { id, text, relevant } of judgements.queries) {
    const [keyword, semantic] = [await ask(text, 'keyword'), await ask(text, 'semantic')];
    const vector = await embedAll(embedder, [text], { kind: 'query' });
    const feedback: Sides['feedback'] = (records, weight) =>
      vectors.search(vectors.moved(vector, records, weight), CANDIDATES);
    const sides: Sides = { keyword, semantic, feedback };
    for (const { name, fuse } of methods)
      all.get(name)!.push({ id, measures: measure(fuse(sides).slice(0, 100), relevant) });
  }
  return { name, measured: all };
}

function side(mode: 'keyword' | 'semantic'): Method {
  return { name: mode, fuse: (sides) => sides[mode].map(({ id }) => id) };
}

/** Both sides, today's fusion; of each family what is chosen without this collection, and the best on it. */
function rowsOf(collection: Measured, all: readonly Measured[]): Record<string, unknown>[] {
  const others = all.filter((one) => one !== collection);
  const rows = ['keyword', 'semantic', TODAY].map((method) => row(collection, method, ''));
  for (const family of FAMILIES) {
    if (others.length > 0)
      rows.push(
        row(collection, best(family, others), `chosen on ${others.map(({ name }) => name).join(', ')}`),
      );
    rows.push(row(collection, best(family, [collection]), 'best here: an upper bound'));
  }
  return rows;
}

/** Beginnings of names. */
const FAMILIES = ['rrf', 'min-max', 'z-score', 'share of the best', 'feedback', 'scores'];

function best(family: string, collections: readonly Measured[]): string {
  const methods = allMethods().filter(({ name }) => name.startsWith(family));
  const means = methods.map(({ name }) => {
    const of = collections.map(({ measured }) => meanOf(measured.get(name)!));
    return { name, mean: of.reduce((sum, one) => sum + one, 0) / of.length };
  });
  return means.reduce((a, b) => (b.mean > a.mean ? b : a)).name;
}

function meanOf(queries: readonly MeasuredQuery[]): number {
  return queries.reduce((sum, { measures }) => sum + measures['ndcg@10'], 0) / queries.length;
}

function row({ name, measured }: Measured, method: string, note: string): Record<string, unknown> {
  const queries = measured.get(method)!;
  const { means, intervals } = summarise(queries);
  const [low, high] = intervals['ndcg@10'];
  const { mean, p } = differenceOf(queries, measured.get(TODAY)!, 'ndcg@10');
  return { collection: name, method, note, 'ndcg@10': means['ndcg@10'], low, high, 'to today': mean, p };
}
