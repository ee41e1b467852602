import type { RunEnd, TrackedRun } from '../tracked-run.ts';
import { keyOf } from './params.ts';

/** Figures of a run by name. Nothing that was not measured. */
export function metricsOf(
  { started }: TrackedRun,
  { ended, result, stages }: RunEnd,
): Record<string, number> {
  const metrics: Record<string, number> = { seconds: (ended - started) / 1000 };
  for (const [stage, seconds] of Object.entries(stages)) metrics[`seconds.${stage}`] = seconds;
  if (!result) return metrics;
  const { records, passages, deadLetters, embedded, cached, dropped, sourceRows, filtered } = result;
  const { requests, tokens, cost, chunks, quality, relevance } = result;
  Object.assign(metrics, { sourceRows, filtered, dropped, records, passages, deadLetters, embedded, cached });
  for (const [state, count] of Object.entries(chunks)) metrics[`chunks.${state}`] = count;
  if (records + deadLetters > 0) metrics.deadLetterRate = deadLetters / (records + deadLetters);
  if (requests > 0) Object.assign(metrics, { requests, tokens, cost });
  if (quality.length > 0) {
    metrics['quality.checks'] = quality.length;
    metrics['quality.failed'] = quality.filter(({ status }) => status === 'failed').length;
  }
  for (const { name, observed } of quality)
    if (observed !== null) metrics[`quality.${keyOf(name)}`] = observed;
  for (const [name, value] of Object.entries(relevance?.measures ?? {}))
    metrics[keyOf(name.replace('@', '_at_'))] = value;
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}
