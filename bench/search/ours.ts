/** `ours.ts FOLDER VERSION QUESTIONS MEMORY_QUERIES`: the product's search, as one process; the answer is JSON on stdout. */
import { join } from 'node:path';
import { existingLake } from '../../packages/throughline/src/lake/lake.ts';
import { type Embedder, modelInfo } from '../../packages/throughline/src/model/index.ts';
import { openSearcher, type SearchRequest } from '../../packages/throughline/src/search/index.ts';
import { MODEL } from './embedded.ts';
import { type Ask, measure } from './measure.ts';
import { type Questions, readQuestions } from './questions.ts';

const [folder, version, count, memoryQueries] = process.argv.slice(2) as [string, string, string, string];
const FILTER = 'bucket < 100';
const ASKED: Record<string, Partial<SearchRequest>> = {
  semantic: { mode: 'semantic' },
  'semantic, filter': { mode: 'semantic', filter: FILTER },
  keyword: { mode: 'keyword' },
  hybrid: { feedback: false },
  'hybrid, filter': { feedback: false, filter: FILTER },
  'hybrid, feedback': {},
  'hybrid, feedback, filter': { filter: FILTER },
};

const questions = await readQuestions(folder);
const vectors = new Map(questions.texts.map((text, i) => [text, questions.vectorOf(i)]));
await using searcher = await openSearcher(await existingLake(join(folder, 'lake')), {
  ...(version !== 'promoted' && { version }),
  openModel: known,
});
const modes: Record<string, unknown> = {};
for (const [name, request] of Object.entries(ASKED))
  modes[name] = await measure(ask(questions, request), Number(count));
console.log(JSON.stringify({ modes, memory: await memory(Number(memoryQueries)) }));

function ask({ texts }: Questions, request: Partial<SearchRequest>): Ask {
  return async (i) => {
    const { hits } = await searcher.search({ query: texts[i]!, syntax: false, limit: 10, ...request });
    return hits.map(({ passageId }) => passageId);
  };
}

/** The vectors of the questions are known beforehand: what is measured is the search. */
async function known(): Promise<Embedder> {
  const info = await modelInfo(MODEL);
  const embed = async (texts: readonly string[]) => ({ vectors: vectors.get(texts[0]!)!, failures: [] });
  const close = async () => {};
  return { info, embed, close, [Symbol.asyncDispose]: close };
}

/** Resident MiB after a tenth of the queries, and after all of them, each another one. */
async function memory(queries: number): Promise<{ early: number; late: number } | undefined> {
  if (queries === 0) return undefined;
  const resident = () => process.memoryUsage().rss / 2 ** 20;
  const { texts } = questions;
  let early = 0;
  for (let i = 0; i < queries; i++) {
    const [first, second] = [i % texts.length, Math.floor(i / texts.length) % texts.length];
    const query = `${texts[first]} ${texts[second]}`;
    vectors.set(query, questions.vectorOf(first));
    await searcher.search({ query, syntax: false, limit: 10 });
    vectors.delete(query);
    if (i === Math.floor(queries / 10)) early = resident();
  }
  return { early, late: resident() };
}
