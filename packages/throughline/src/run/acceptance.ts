/** The limits of `acceptance:` that a run must keep before what it made is promoted. */
import type { ChunkState } from '../chunk/ledger.ts';
import type { Config } from '../config/index.ts';
import type { Build } from '../lake/build.ts';
import { countDropped } from '../lake/dropped.ts';
import type { Lake } from '../lake/lake.ts';

/**
 * The limits that are not met, as sentences. The ledger is asked for only where there is a limit, and rows are read only
 * where dead letters were dropped by hand.
 */
export async function unmetLimits(
  lake: Lake,
  build: Build,
  statesOf: () => Promise<ReadonlyMap<string, ChunkState>>,
  { acceptance }: Config,
): Promise<string[]> {
  const limit = acceptance.deadLetterRate?.max;
  if (limit === undefined) return [];
  const counts = [...(await statesOf()).values()].flatMap(({ done }) => (done ? [done] : []));
  const sum = (of: 'records' | 'deadLetters') => counts.reduce((total, one) => total + (one[of] ?? 0), 0);
  const dead = sum('deadLetters');
  const rows = sum('records') + dead;
  if (rows === 0 || dead / rows <= limit) return [];
  const open = dead - (await countDropped(lake, build));
  if (open / rows <= limit) return [];
  return [
    `deadLetterRate: ${open} of ${rows} rows are dead letters, ${percent(open / rows)}; at most ${percent(limit)}`,
  ];
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
