/** What an index was measured to be, before it may serve, as results of checks: nothing is measured for it. */
import type { IndexManifest } from '../search/manifest.ts';
import type { CheckResult } from './results.ts';

/** Passages = index, exactly, and what is found of what an exact scan finds. Nothing of an index that was not verified. */
export function indexResults(
  { verification }: Pick<IndexManifest, 'verification'>,
  { minRecall }: { minRecall: number },
): CheckResult[] {
  if (!verification) return [];
  const { passages, cases } = verification;
  const recalls = cases.flatMap((one) => [one['recall@10'], one['recall@100']]);
  const recall = recalls.length === 0 ? null : Math.min(...recalls);
  const complete: CheckResult = {
    ...{ check: 'passages_in_index', name: 'passages_in_index', severity: 'fail', sample: [] },
    observed: passages.index,
    expected: `${passages.table} passages`,
    status: passages.index === passages.table ? 'passed' : 'failed',
  };
  const found: CheckResult = {
    ...{ check: 'index_recall', name: 'index_recall', severity: 'fail', sample: [] },
    observed: recall,
    expected: `recall of at least ${minRecall}`,
    status: recall === null || recall >= minRecall ? 'passed' : 'failed',
  };
  return [complete, found];
}
