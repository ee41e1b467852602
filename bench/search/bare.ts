/**
 * `bare.ts COLLECTION FOLDER QUESTIONS`: Zvec alone, asked for the candidates that the product asks for, with fusion in a few lines
 * and the texts of ten hits.
 */
import { loadZvec } from '../../packages/throughline/src/search/index.ts';
import { type Ask, measure } from './measure.ts';
import { readQuestions } from './questions.ts';

const [path, folder, count] = process.argv.slice(2) as [string, string, string];
const zvec = loadZvec();
const collection = zvec.ZVecOpen(path, { readOnly: true });
const questions = await readQuestions(folder);
const TOP = { topk: 200, outputFields: ['record_id'] };
/** As the product: some more candidates are looked at by their whole vectors. */
const NEAREST = { topk: 250, outputFields: ['record_id'] };
const EF = 250;
const RRF = 60;

const semantic = async (i: number, filter?: string) =>
  collection.query({
    ...{ fieldName: 'embedding', vector: questions.vectorOf(i), ...NEAREST, ...(filter && { filter }) },
    params: { indexType: zvec.ZVecIndexType.HNSW, ef: EF, isUsingRefiner: true },
  });
const keyword = async (i: number, filter?: string) => {
  const matchString = questions.texts[i]!.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim();
  const fts = { matchString };
  return collection.query({ fieldName: 'passage_text', fts, ...TOP, ...(filter && { filter }) });
};
const shown = (ids: string[]) => {
  collection.fetchSync({ ids, includeVector: false });
  return ids;
};
const best = async (docs: ReturnType<typeof semantic>) =>
  shown((await docs).slice(0, 10).map(({ id }) => id));
const hybrid = async (i: number, filter?: string) => {
  const scores = new Map<string, number>();
  for (const side of await Promise.all([keyword(i, filter), semantic(i, filter)]))
    for (const [rank, { id }] of side.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (RRF + rank + 1));
  const order = [...scores].sort(([, a], [, b]) => b - a);
  return shown(order.slice(0, 10).map(([id]) => id));
};

const FILTER = 'a_bucket < 100';
const ASKED: Record<string, Ask> = {
  semantic: (i) => best(semantic(i)),
  'semantic, filter': (i) => best(semantic(i, FILTER)),
  keyword: (i) => best(keyword(i)),
  hybrid: (i) => hybrid(i),
  'hybrid, filter': (i) => hybrid(i, FILTER),
};
const modes: Record<string, unknown> = {};
for (const [name, ask] of Object.entries(ASKED)) modes[name] = await measure(ask, Number(count));
console.log(JSON.stringify({ modes }));
collection.closeSync();
