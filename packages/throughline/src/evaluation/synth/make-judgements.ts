/** Makes a folder of judgements from a lake's records, measures the search with it, and says what it is worth. */
import { type Lake, readCurrent } from '../../lake/lake.ts';
import type { ModelSpec } from '../../model/index.ts';
import { hasIndex, openSearcher, type StoreSetting } from '../../search/index.ts';
import { evaluateSearch, type SearchEvaluation } from '../evaluate-search.ts';
import { readJudgements } from '../judgements.ts';
import { refuseOverwriting, writeJudgements } from '../write-judgements.ts';
import { writeReadme } from './readme.ts';
import { type Synthesised, type SynthRequest, synthesise } from './synthesise.ts';
import { worthOf } from './worth.ts';

export interface MadeJudgements extends Omit<Synthesised, 'made' | 'queries'> {
  out: string;
  queries: number;
  /** Relevant records of all queries. */
  relevant: number;
  /** What the set is worth, as sentences. */
  worth: string[];
  /** Where there is no index yet: undefined. */
  evaluation: Pick<SearchEvaluation, 'index' | 'modes' | 'intervals' | 'differences'> | undefined;
}

export interface MakeOptions {
  out: string;
  model: ModelSpec;
  store: StoreSetting;
  signal: AbortSignal;
  onStage: (stage: string) => void;
}

/** Throws with exit code 73 if the folder holds judgements already. */
export async function makeJudgements(
  lake: Lake,
  request: SynthRequest,
  { out, model, store, signal, onStage }: MakeOptions,
): Promise<MadeJudgements> {
  await refuseOverwriting(out);
  onStage('Choosing queries');
  const synthesised = await synthesise(lake, request);
  const { made, ...rest } = synthesised;
  await writeJudgements(out, made);
  const evaluation = await evaluate(lake, out, { model, store, signal, onStage });
  const worth = worthOf(synthesised, evaluation);
  await writeReadme(out, synthesised, worth, evaluation);
  const relevant = made.reduce((sum, { recordIds }) => sum + recordIds.length, 0);
  return { out, ...rest, queries: made.length, relevant, worth, evaluation: shown(evaluation) };
}

async function evaluate(
  lake: Lake,
  folder: string,
  { model, store, signal, onStage }: Omit<MakeOptions, 'out'>,
): Promise<SearchEvaluation | undefined> {
  const { index } = await readCurrent(lake);
  if (index === undefined || !(await hasIndex(lake, index))) return undefined;
  await using searcher = await openSearcher(lake, { model, store, fresh: false });
  const judgements = await readJudgements(folder);
  return await evaluateSearch({ lake, searcher }, judgements, { signal, onStage, worst: 0 });
}

function shown(evaluation: SearchEvaluation | undefined): MadeJudgements['evaluation'] {
  if (evaluation === undefined) return undefined;
  const { index, modes, intervals, differences } = evaluation;
  return { index, modes, intervals, differences };
}
