/** What Prometheus reads of streams while they are followed. */
import { resolve } from 'node:path';
import type { Config } from '../config/index.ts';
import { sendMetrics } from './metrics-collector.ts';

export interface StreamFigures {
  stream: string;
  /** Position of the last change that is published. */
  position: number;
  /** Seconds from the coming into being of the newest change to its publication; undefined where the source does not tell. */
  age: number | undefined;
  /** Changes that are not read yet; undefined where the source does not tell. */
  behind: number | undefined;
  /** Milliseconds since 1970 UTC. */
  publishedAt: number;
}

/** In Prometheus' text format. */
async function streamMetrics(pipeline: string, streams: readonly StreamFigures[]): Promise<string> {
  const { Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  registry.setDefaultLabels({ pipeline });
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `throughline_stream_${name}`, help, labelNames: ['stream'], registers: [registry] });
  const position = gauge('position', 'Position of the last change that is published');
  const age = gauge('freshness_seconds', 'Age of the newest change when it was published');
  const behind = gauge('behind', 'Changes that are not read yet');
  const at = gauge('published_timestamp_seconds', 'When a micro-batch was last published');
  for (const figures of streams) {
    const { stream } = figures;
    position.set({ stream }, figures.position);
    at.set({ stream }, figures.publishedAt / 1000);
    if (figures.age !== undefined) age.set({ stream }, figures.age);
    if (figures.behind !== undefined) behind.set({ stream }, figures.behind);
  }
  return registry.metrics();
}

/** Beside the file of runs, which each run replaces: `throughline.prom` and `throughline-streams.prom`. */
export async function tellStreams(
  { name, metrics }: Pick<Config, 'name' | 'metrics'>,
  directory: string,
  streams: readonly StreamFigures[],
): Promise<void> {
  if (metrics === undefined) return;
  const text = await streamMetrics(name, streams);
  const { textfile, push } = metrics;
  const path =
    textfile === undefined ? undefined : resolve(directory, textfile.replace(/\.prom$/, '-streams.prom'));
  await sendMetrics(text, { path, push, pipeline: name });
}
