/** What Prometheus reads of runs: gauges of the last one. */
import type { RunEnd, TrackedRun } from '../lineage/index.ts';

/**
 * In Prometheus' text format. `lastSuccess` in milliseconds since 1970 UTC: of the last run that was well and whose results serve, this one included; undefined
 * where there was none.
 */
export async function runMetrics(
  { config, started }: TrackedRun,
  { ended, status, result, stages }: RunEnd,
  lastSuccess: number | undefined,
): Promise<string> {
  // Most runs tell nobody.
  const { Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  registry.setDefaultLabels({ pipeline: config.name });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `throughline_run_${name}`, help, labelNames, registers: [registry] });
  gauge('success', 'Whether the last run ended well').set(Number(status === 'done'));
  gauge('end_timestamp_seconds', 'When the last run ended').set(ended / 1000);
  if (lastSuccess !== undefined)
    gauge('last_success_timestamp_seconds', 'When the last run ended well whose results serve').set(
      lastSuccess / 1000,
    );
  gauge('duration_seconds', 'How long the last run took').set((ended - started) / 1000);
  const byStage = gauge('stage_duration_seconds', 'How long each stage of it took', ['stage']);
  for (const [stage, seconds] of Object.entries(stages)) byStage.set({ stage }, seconds);
  if (!result) return registry.metrics();
  const chunks = gauge('chunks', 'Chunks by what became of them', ['state']);
  for (const [state, count] of Object.entries(result.chunks)) chunks.set({ state }, count);
  const { records, passages, deadLetters, embedded, cached, requests, tokens, cost, quality } = result;
  const counts = { source_rows: result.sourceRows, records, passages, dead_letters: deadLetters };
  for (const [name, count] of Object.entries({ ...counts, embedded, cached, requests, tokens }))
    gauge(name, `${name.replaceAll('_', ' ')} of the last run`).set(count);
  gauge('cost', 'Charges of the last run, by the price in the config').set(cost);
  const checks = gauge('quality_checks', 'Quality checks by severity and result', ['severity', 'status']);
  for (const { severity, status } of quality) checks.inc({ severity, status });
  return registry.metrics();
}
