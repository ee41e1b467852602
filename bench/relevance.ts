/** Relevance of the default search against judgements of small public collections beside this repository. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJudgements, type SearchEvaluation } from '../packages/throughline/src/evaluation/index.ts';
import { evaluateCorpus } from '../packages/throughline/src/run/evaluate-corpus.ts';
import type { SearchMode } from '../packages/throughline/src/search/index.ts';
import { collections } from './collections.ts';

export const description =
  'nDCG@10 of each search mode on Cranfield and CACM, with 95 % intervals, and whether hybrid search is better';

export default async function run(): Promise<Record<string, unknown>[]> {
  const lakes = await mkdtemp(join(tmpdir(), 'relevance-'));
  const silent = { stage() {}, planned() {}, rows() {}, chunk() {}, indexed() {}, warning: console.warn };
  const rows: Record<string, unknown>[] = [];
  try {
    for (const { name: collection, directory } of await collections()) {
      const effects = {
        clock: Date.now,
        newId: crypto.randomUUID.bind(crypto),
        signal: new AbortController().signal,
        reporter: silent,
      };
      const evaluation = await evaluateCorpus(await readJudgements(directory), lakes, effects);
      for (const [mode, measures] of Object.entries(evaluation.modes)) {
        const [low, high] = evaluation.intervals[mode as SearchMode]['ndcg@10'];
        rows.push({ collection, mode, ...measures, low, high, ...sidesOf(evaluation, mode) });
      }
    }
  } finally {
    await rm(lakes, { recursive: true, force: true });
  }
  return rows;
}

/** Of hybrid search: p of its difference to each side. */
function sidesOf({ differences }: SearchEvaluation, mode: string): Record<string, number> {
  const own = differences.filter(
    ({ of, measure }) => of === mode && mode === 'hybrid' && measure === 'ndcg@10',
  );
  return Object.fromEntries(own.map(({ to, pHolm }) => [`p to ${to}`, pHolm]));
}
