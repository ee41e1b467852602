/** What was found of runs and index versions, and what was agreed on: made of what they have left, never measured anew. */
import { figureOf } from '../acceptance/index.ts';
import type { AnswerOf } from '../api/index.ts';
import type { Config } from '../config/index.ts';
import { INDEX_CHECKS, type StoredResult } from '../quality/index.ts';
import type { RunEntry, RunResult } from '../run/index.ts';
import { leastRecall } from '../search/least-recall.ts';
import type { IndexVersion } from '../search/versions.ts';

export type QualityCheck = AnswerOf<'quality'>['checks'][number];

/** The newest first. The limits are today's. */
export function qualityChecks(
  runs: readonly RunEntry[],
  versions: readonly IndexVersion[],
  results: readonly StoredResult[],
  { acceptance, index }: Pick<Config, 'acceptance' | 'index'>,
): QualityCheck[] {
  const measured = new Set(
    results.flatMap((one) => {
      const figure = figureOf(one);
      return figure === undefined ? [] : [`${one.run} ${figure}`];
    }),
  );
  const checks = [
    ...runs.flatMap((run) => ofRun(run, acceptance, measured)),
    ...versions.flatMap((version) => ofIndex(version, index)),
    // What is there of the index versions themselves.
    ...results.filter(({ check }) => !INDEX_CHECKS.includes(check)).map(ofResult),
  ];
  return checks.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.check < b.check ? -1 : 1));
}

function ofRun(
  { run, started, ended, manifest }: RunEntry,
  { deadLetterRate, ndcg }: Config['acceptance'],
  measured: ReadonlySet<string>,
): QualityCheck[] {
  const result = manifest.result as Partial<RunResult> | undefined;
  if (!result) return [];
  const { records = 0, deadLetters = 0, relevance } = result;
  const of = { at: new Date(ended ?? started).toISOString(), subject: run };
  const rows = records + deadLetters;
  const checks: QualityCheck[] = [];
  // The limit is that of all rows, and recorded as such; this figure is of the rows of the run.
  const limit = measured.has(`${run} deadLetterRate`) ? undefined : deadLetterRate?.max;
  if (rows > 0) checks.push({ ...of, check: 'dead_letter_rate', ...atMost(deadLetters / rows, limit) });
  if (relevance && !measured.has(`${run} ndcg`))
    checks.push({ ...of, check: 'ndcg', ...atLeast(relevance.measures['ndcg@10'], ndcg?.min) });
  return checks;
}

function ofIndex(
  { manifest: { version, madeAt, verification } }: IndexVersion,
  { minRecall }: Config['index'],
): QualityCheck[] {
  if (!verification) return [];
  const of = { at: new Date(madeAt).toISOString(), subject: version };
  const { passages } = verification;
  const complete: QualityCheck = {
    ...{ ...of, check: 'passages_in_index', observed: passages.index },
    expected: `= ${passages.table}`,
    status: passages.index === passages.table ? 'passed' : 'failed',
  };
  const recall = leastRecall(verification);
  if (recall === null) return [complete];
  return [complete, { ...of, check: 'index_recall', ...atLeast(recall, minRecall) }];
}

function ofResult({ at, name, run, ...found }: StoredResult): QualityCheck {
  const { status, severity, observed, expected, sample, detail } = found;
  const of = { at: new Date(at).toISOString(), check: name, subject: run };
  return { ...of, status, severity, observed, expected, sample, detail };
}

type Judged = Pick<QualityCheck, 'observed' | 'expected' | 'status'>;

function atLeast(observed: number, least: number | undefined): Judged {
  if (least === undefined) return { observed, expected: null, status: 'measured' };
  return { observed, expected: `>= ${least}`, status: observed >= least ? 'passed' : 'failed' };
}

function atMost(observed: number, most: number | undefined): Judged {
  if (most === undefined) return { observed, expected: null, status: 'measured' };
  return { observed, expected: `<= ${most}`, status: observed <= most ? 'passed' : 'failed' };
}
