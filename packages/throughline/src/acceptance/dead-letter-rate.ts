import type { ChunkState } from '../chunk/ledger.ts';
import type { Config } from '../config/index.ts';
import type { Build } from '../lake/build.ts';
import { countDropped } from '../lake/dropped.ts';
import type { Lake } from '../lake/lake.ts';
import type { MeasuredLimit } from './limit.ts';

/**
 * Open dead letters of all rows of the build, by the ledger; undefined without rows. Rows are read only where dead letters were dropped by
 * hand, which count no longer.
 */
export async function measureDeadLetterRate(
  lake: Lake,
  build: Build,
  states: ReadonlyMap<string, ChunkState>,
  { max, onMiss }: NonNullable<Config['acceptance']['deadLetterRate']>,
): Promise<MeasuredLimit | undefined> {
  const counts = [...states.values()].flatMap(({ done }) => (done ? [done] : []));
  const sum = (of: 'records' | 'deadLetters') => counts.reduce((total, one) => total + (one[of] ?? 0), 0);
  const dead = sum('deadLetters');
  const rows = sum('records') + dead;
  if (rows === 0) return undefined;
  const open = dead === 0 ? 0 : dead - (await countDropped(lake, build));
  const observed = open / rows;
  const ok = observed <= max;
  const name = 'deadLetterRate';
  return {
    ...{ name, onMiss },
    figures: [{ name, observed, expected: `<= ${max}`, ok }],
    unmet: ok
      ? []
      : [`${name}: ${open} of ${rows} rows are dead letters, ${percent(observed)}; at most ${percent(max)}`],
  };
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
