/** Measures search against judgements, with a pipeline of its own over their corpus: no config needed. */
import { resolve } from 'node:path';
import { parseConfig } from '../config/index.ts';
import { digestOf } from '../lake/canonical.ts';
import { existingLake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { openSearcher, type SearchMode } from '../search/index.ts';
import { readJudgements } from '../search/judgements.ts';
import { averagePrecision, ndcg, recall, reciprocalRank } from '../search/metrics.ts';
import { type RunEffects, runPipeline } from './run.ts';

export interface Measures {
  'ndcg@10': number;
  'recall@10': number;
  'recall@100': number;
  mrr: number;
  map: number;
}

export interface SearchEvaluation {
  judgements: string;
  queries: number;
  modes: Record<SearchMode, Measures>;
}

const MODES: SearchMode[] = ['hybrid', 'semantic', 'keyword'];
const DEPTH = 100;

/** `lakes` is the folder under which the corpus gets a lake; a second evaluation finds it there. */
export async function evaluateSearch(
  directory: string,
  lakes: string,
  effects: RunEffects,
): Promise<SearchEvaluation> {
  const judgements = await readJudgements(directory);
  const root = lakePath(lakes, digestOf(resolve(directory)));
  const config = parseConfig(
    JSON.stringify({
      name: 'evaluation',
      source: { type: 'jsonl', path: resolve(judgements.corpus), id: '_id', text: ['title', 'text'] },
      lake: root,
    }),
    'evaluation',
  );
  await runPipeline(
    { config, file: 'evaluation', directory: resolve(directory) },
    { skipThemes: true },
    effects,
  );
  await using searcher = await openSearcher(await existingLake(root));
  const modes = {} as Record<SearchMode, Measures>;
  for (const mode of MODES) {
    const rankings: { ranking: string[]; relevant: ReadonlyMap<string, number> }[] = [];
    for (const { text, relevant } of judgements.queries) {
      effects.signal.throwIfAborted();
      const { hits } = await searcher.search({ query: text, mode, limit: DEPTH, syntax: false });
      rankings.push({ ranking: hits.map((hit) => hit.recordId), relevant });
    }
    const mean = (of: (one: (typeof rankings)[number]) => number) =>
      rankings.reduce((sum, one) => sum + of(one), 0) / rankings.length;
    modes[mode] = {
      'ndcg@10': mean(({ ranking, relevant }) => ndcg(ranking, relevant, 10)),
      'recall@10': mean(({ ranking, relevant }) => recall(ranking, relevant, 10)),
      'recall@100': mean(({ ranking, relevant }) => recall(ranking, relevant, 100)),
      mrr: mean(({ ranking, relevant }) => reciprocalRank(ranking, relevant)),
      map: mean(({ ranking, relevant }) => averagePrecision(ranking, relevant)),
    };
  }
  return { judgements: directory, queries: judgements.queries.length, modes };
}
