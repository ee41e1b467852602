/**
 * Whether another fusion of the two sides would be better than today's: chosen on one collection, measured on the other.
 * The collections stay embedded in the user's cache folder: the second time takes seconds.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  differenceOf,
  type MeasuredQuery,
  measure,
  readJudgements,
  summarise,
} from '../packages/throughline/src/evaluation/index.ts';
import { corpusLake } from '../packages/throughline/src/run/evaluate-corpus.ts';
import { openSearcher, type SearchMode } from '../packages/throughline/src/search/index.ts';
import { collections } from './collections.ts';
import { allMethods, type Method, type Scored, type Sides, TODAY } from './fusion/methods.ts';

export const description =
  'nDCG@10 of other ways to fuse the two sides, on the collection that they were not chosen on';

/** Records of each side. */
const CANDIDATES = 200;

interface Collection {
  name: string;
  /** By method, in the order of the queries. */
  measured: Map<string, MeasuredQuery[]>;
}

export default async function run(): Promise<Record<string, unknown>[]> {
  const methods = [side('keyword'), side('semantic'), ...allMethods()];
  const measured: Collection[] = [];
  for (const { name, directory } of await collections())
    measured.push(await measureAll(name, directory, methods));
  return measured.flatMap((collection) => rowsOf(collection, measured));
}

async function measureAll(name: string, directory: string, methods: readonly Method[]): Promise<Collection> {
  const judgements = await readJudgements(directory);
  const lake = await corpusLake(judgements, join(homedir(), '.cache', 'throughline', 'bench'), {
    clock: Date.now,
    newId: crypto.randomUUID.bind(crypto),
    signal: new AbortController().signal,
    reporter: { stage() {}, planned() {}, rows() {}, chunk() {}, indexed() {}, warning: console.warn },
  });
  await using searcher = await openSearcher(lake);
  const ask = async (query: string, mode: SearchMode): Promise<Scored[]> => {
    const { hits } = await searcher.search({ query, mode, limit: CANDIDATES });
    return hits.map(({ recordId, score }) => ({ id: recordId, score }));
  };
  const all = new Map<string, MeasuredQuery[]>(methods.map(({ name }) => [name, []]));
  for (const { id, text, relevant } of judgements.queries) {
    const sides: Sides = { keyword: await ask(text, 'keyword'), semantic: await ask(text, 'semantic') };
    for (const { name, fuse } of methods)
      all.get(name)!.push({ id, measures: measure(fuse(sides).slice(0, 100), relevant) });
  }
  return { name, measured: all };
}

function side(mode: 'keyword' | 'semantic'): Method {
  return { name: mode, fuse: (sides) => sides[mode].map(({ id }) => id) };
}

/** Both sides, today's fusion, what is chosen without this collection, and what would have been best on it. */
function rowsOf(collection: Collection, all: readonly Collection[]): Record<string, unknown>[] {
  const others = all.filter((one) => one !== collection);
  const rows = ['keyword', 'semantic', TODAY].map((method) => row(collection, method, ''));
  if (others.length > 0)
    rows.push(row(collection, best(others), `chosen on ${others.map(({ name }) => name).join(', ')}`));
  rows.push(row(collection, best([collection]), 'best here: an upper bound'));
  return rows;
}

function best(collections: readonly Collection[]): string {
  const means = allMethods().map(({ name }) => {
    const of = collections.map(({ measured }) => summariseOne(measured.get(name)!));
    return { name, mean: of.reduce((sum, one) => sum + one, 0) / of.length };
  });
  return means.reduce((a, b) => (b.mean > a.mean ? b : a)).name;
}

function summariseOne(queries: readonly MeasuredQuery[]): number {
  return queries.reduce((sum, { measures }) => sum + measures['ndcg@10'], 0) / queries.length;
}

function row({ name, measured }: Collection, method: string, note: string): Record<string, unknown> {
  const queries = measured.get(method)!;
  const { means, intervals } = summarise(queries);
  const [low, high] = intervals['ndcg@10'];
  const { mean, p } = differenceOf(queries, measured.get(TODAY)!, 'ndcg@10');
  return { collection: name, method, note, 'ndcg@10': means['ndcg@10'], low, high, 'to today': mean, p };
}
