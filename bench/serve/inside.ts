/** What a search costs without the server: the searcher with its model, the searcher alone, the model alone; one question after another. */
import { existingLake } from '../../packages/throughline/src/lake/lake.ts';
import { embedAll, modelInfo, openEmbedder } from '../../packages/throughline/src/model/index.ts';
import { openSearcher } from '../../packages/throughline/src/search/index.ts';
import { embedded, MODEL } from '../search/embedded.ts';

export type Times = Record<string, { p50: number; p95: number }>;

const WARM = 100;

export async function measureInside(root: string, questions: readonly string[]): Promise<Times> {
  const lake = await existingLake(root);
  const vectors = await embedded(questions);
  const width = vectors.length / questions.length;
  const known = new Map(questions.map((text, i) => [text, vectors.subarray(i * width, (i + 1) * width)]));
  const info = await modelInfo(MODEL);
  const search = async (query: string, searcher: Awaited<ReturnType<typeof openSearcher>>) => {
    await searcher.search({ query, syntax: false, limit: 10 });
  };
  await using whole = await openSearcher(lake);
  await using model = await openEmbedder({ ...MODEL, threads: 1 });
  await using alone = await openSearcher(lake, {
    openModel: async () => ({
      info,
      embed: async ([text]) => ({ vectors: known.get(text!)!.slice(), failures: [] }),
      ...{ close: async () => {}, [Symbol.asyncDispose]: async () => {} },
    }),
  });
  return {
    'search with embedding': await times(questions, (query) => search(query, whole)),
    'search alone': await times(questions, (query) => search(query, alone)),
    'embedding alone': await times(questions, (query) => embedAll(model, [query], { kind: 'query' })),
  };
}

async function times(questions: readonly string[], ask: (query: string) => Promise<unknown>) {
  for (const query of questions.slice(-WARM)) await ask(query);
  const taken: number[] = [];
  for (const query of questions) {
    const started = performance.now();
    await ask(query);
    taken.push(performance.now() - started);
  }
  taken.sort((a, b) => a - b);
  const at = (share: number) => taken[Math.floor(share * taken.length)]!;
  return { p50: at(0.5), p95: at(0.95) };
}
