/** Measures search against judgements that bring their documents, with a pipeline of its own over them: no config needed. */
import { resolve } from 'node:path';
import { parseConfig } from '../config/index.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import {
  type EvaluateOptions,
  evaluateSearch,
  type JudgementSet,
  type SearchEvaluation,
} from '../evaluation/index.ts';
import { digestOf } from '../lake/canonical.ts';
import { existingLake, type Lake } from '../lake/lake.ts';
import { lakePath, lakeRootOf } from '../lake/lake-path.ts';
import { openSearcher } from '../search/index.ts';
import { runPipeline } from './run.ts';
import type { RunEffects } from './run-effects.ts';

export async function evaluateCorpus(
  judgements: JudgementSet,
  lakes: string,
  effects: RunEffects,
  options: Omit<EvaluateOptions, 'signal' | 'against'> = {},
): Promise<SearchEvaluation> {
  const lake = await corpusLake(judgements, lakes, effects);
  await using searcher = await openSearcher(lake, { fresh: false });
  return await evaluateSearch({ lake, searcher }, judgements, { ...options, signal: effects.signal });
}

/** `lakes` is the folder under which the corpus gets a lake, with an index; it is found there the next time. */
export async function corpusLake(
  { directory, corpus }: JudgementSet,
  lakes: string,
  effects: RunEffects,
): Promise<Lake> {
  if (corpus === undefined) {
    throw new ThroughlineError(`${directory} has no corpus.jsonl`, {
      code: 'judgements_missing',
      exitCode: EXIT.noInput,
      hint: 'Judgements without documents are about the records of a lake: throughline eval search --config throughline.yaml',
    });
  }
  const root = lakePath(lakeRootOf('.', lakes), digestOf(resolve(directory)));
  const config = parseConfig(
    JSON.stringify({
      name: 'evaluation',
      source: { type: 'jsonl', path: resolve(corpus), id: '_id', text: ['title', 'text'] },
      lake: root,
    }),
    'evaluation',
  );
  await runPipeline(
    { config, file: 'evaluation', directory: resolve(directory) },
    { skipThemes: true },
    effects,
  );
  return existingLake(root);
}
