import type { RunEntry } from './manifest.ts';
import type { RunResult } from './result.ts';

export interface MeasuredRate {
  textsPerSecond: number;
  /** How many runs it is of. */
  runs: number;
}

/** Of the last runs so many; fewer texts say more about starting than about embedding. */
const RUNS = 5;
const LEAST_TEXTS = 100;

/** How fast earlier runs of the lake embedded with the model on the host, by their manifests; undefined where none says. Pure. */
export function measuredRate(
  runs: readonly RunEntry[],
  { model, host }: { model: string; host: string },
): MeasuredRate | undefined {
  const measured = runs
    .filter(({ manifest }) => digestOf(manifest.model) === model && nameOf(manifest.host) === host)
    .map(({ manifest }) => manifest.result as Partial<RunResult> | undefined)
    .filter((result) => (result?.embedded ?? 0) >= LEAST_TEXTS && (result?.embedSeconds ?? 0) > 0)
    .slice(0, RUNS);
  if (measured.length === 0) return undefined;
  const sum = (of: 'embedded' | 'embedSeconds') => measured.reduce((all, result) => all + result![of]!, 0);
  const textsPerSecond = Number((sum('embedded') / sum('embedSeconds')).toPrecision(3));
  return { textsPerSecond, runs: measured.length };
}

function digestOf(model: unknown): unknown {
  return (model as { digest?: unknown } | undefined)?.digest;
}

function nameOf(host: unknown): unknown {
  return (host as { name?: unknown } | undefined)?.name;
}
