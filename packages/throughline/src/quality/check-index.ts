/** What an index was measured to be, before it may serve, as results of checks: nothing is measured for it. */
import { leastRecall } from '../search/least-recall.ts';
import type { IndexManifest } from '../search/manifest.ts';
import type { CheckResult } from './results.ts';

/** Names of these checks: what an index was measured to be stands in its manifest, too. */
export const INDEX_CHECKS: readonly string[] = ['passages_in_index', 'index_recall'];

/** Passages = index, exactly, and what is found of what an exact scan finds. Nothing of an index that was not verified. */
export function indexResults(
  { verification }: Pick<IndexManifest, 'verification'>,
  { minRecall }: { minRecall: number },
): CheckResult[] {
  if (!verification) return [];
  const { passages } = verification;
  const recall = leastRecall(verification);
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
