/** How steady a fit of the themes was, as the result of a check: by what the fit has matched anyway. */
import type { Lineage } from '../theme/identity.ts';
import type { CheckResult } from './results.ts';

/** Below that people no longer find what they know: somebody should look, and rename, merge or pin. */
const LEAST_KEPT = 0.5;
const SAMPLE = 10;

/** Passages of the sample that have kept their theme, as a share of those that both fits have. Nothing where they have none in common. */
export function themeResults(lineage: Pick<Lineage, 'after'> | undefined): CheckResult[] {
  const shares = (lineage?.after ?? []).flatMap(({ id, shares }) =>
    shares.map((share) => ({ passages: share.passages, isKept: share.id === id })),
  );
  const sum = (some: typeof shares) => some.reduce((total, { passages }) => total + passages, 0);
  const all = sum(shares);
  if (all === 0) return [];
  const kept = sum(shares.filter(({ isKept }) => isKept)) / all;
  const others = lineage!.after.filter(({ status }) => status !== 'same').map(({ id }) => id);
  return [
    {
      ...{ check: 'theme_stability', name: 'theme_stability', severity: 'warn', observed: kept },
      expected: `at least ${LEAST_KEPT} of the passages keep their theme`,
      status: kept >= LEAST_KEPT ? 'passed' : 'failed',
      sample: others.slice(0, SAMPLE),
    },
  ];
}
