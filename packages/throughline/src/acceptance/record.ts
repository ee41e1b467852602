/** Figures of limits are rows of the table `quality`: their history is that of the checks. */
import type { Lake } from '../lake/lake.ts';
import { recordResults, type StoredResult } from '../quality/index.ts';
import type { MeasuredLimit } from './limit.ts';

const CHECK = 'acceptance';
const PREFIX = `${CHECK}.`;

/** One commit; none without limits. */
export async function recordLimits(
  lake: Lake,
  run: { run: string; build: string },
  limits: readonly MeasuredLimit[],
  clock: () => number,
): Promise<void> {
  const rows = limits.flatMap(({ figures, onMiss }) =>
    figures.map(({ name, observed, expected, ok }) => ({
      ...{ check: CHECK, name: `${PREFIX}${name}`, observed, expected, sample: [] },
      severity: onMiss === 'stop' ? ('fail' as const) : ('warn' as const),
      status: ok ? ('passed' as const) : ('failed' as const),
    })),
  );
  if (rows.length > 0) await recordResults(lake, run, rows, clock);
}

/** The name of the figure that a row of the table is of, such as `parity.minCosine`; undefined for other checks. */
export function figureOf({ check, name }: Pick<StoredResult, 'check' | 'name'>): string | undefined {
  return check === CHECK && name.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined;
}
