/** Whether a pipeline is ready for production: seven topics, each with its evidence, and the limits that were agreed on. */
import type { Finding } from '@throughline/notebook-lint';
import type { Facts } from './facts.ts';
import type { LimitState } from './limits.ts';
import { notebookSide } from './notebook-side.ts';
import { type Point, TOPICS, type Topic } from './point.ts';
import { apiCalls } from './rows/api-calls.ts';
import { compute } from './rows/compute.ts';
import { failureHandling } from './rows/failure-handling.ts';
import { output } from './rows/output.ts';
import { reproducibility } from './rows/reproducibility.ts';
import { scheduling } from './rows/scheduling.ts';
import { volume } from './rows/volume.ts';

export interface ReadinessRow {
  topic: Topic;
  /** What the notebook does, or notebooks usually do. */
  notebook: string;
  /** What this pipeline does, by its config and lake: what was found and is as it has to be. */
  production: string;
  /** All that was found, one by one, and the command that shows it again. */
  evidence: { says: string; ok: boolean; command?: string }[];
  ok: boolean;
  /** What is not as production needs it, and the line of the config or the command that mends it. */
  missing: { says: string; mend: string }[];
}

export interface Readiness {
  pipeline: string;
  /** ISO 8601, UTC. */
  at: string;
  /** All rows are ok, and all limits met. */
  ready: boolean;
  rows: ReadinessRow[];
  limits: LimitState[];
}

const ROWS: Record<Topic, (facts: Facts) => Point[]> = {
  volume,
  compute,
  output,
  scheduling,
  'API calls': apiCalls,
  reproducibility,
  'failure handling': failureHandling,
};

/** Pure. */
export function readinessOf(
  facts: Facts,
  { limits, findings, at }: { limits: LimitState[]; findings: readonly Finding[] | undefined; at: string },
): Readiness {
  const rows = TOPICS.map((topic): ReadinessRow => {
    const points = ROWS[topic](facts);
    return {
      topic,
      notebook: notebookSide(topic, findings),
      production: points.flatMap(({ ok, says }) => (ok ? [says] : [])).join('; ') || 'nothing yet',
      evidence: points.map(({ mend: _, ...shown }) => shown),
      ok: points.every(({ ok }) => ok),
      missing: points.flatMap(({ ok, says, mend = '' }) => (ok ? [] : [{ says, mend }])),
    };
  });
  const ready = rows.every(({ ok }) => ok) && limits.every(({ met }) => met);
  return { pipeline: facts.config.name, at, ready, rows, limits };
}
