import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Config } from '../config/index.ts';
import { DEFAULT_POLICY, openHttpClient } from '../http/index.ts';
import type { Collector, RunEnd, TrackedRun } from '../lineage/index.ts';
import { listRuns, type RunEntry } from '../run/manifest.ts';
import type { RunResult } from '../run/result.ts';
import { runMetrics } from './run-metrics.ts';

const POLICY = { ...DEFAULT_POLICY, timeoutMs: 3_000, retries: 1, deadlineMs: 5_000 };

/** Metrics of each run for Prometheus: as a file for the node exporter's textfile collector, to a Pushgateway, or both. */
export function openMetricsCollector(metrics: NonNullable<Config['metrics']>): Collector {
  const { textfile } = metrics;
  return {
    begun() {},
    async ended(run, end) {
      const path = textfile === undefined ? undefined : resolve(run.directory, textfile);
      const text = await runMetrics(run, end, await lastSuccess(run, end, path));
      await sendMetrics(text, { path, push: metrics.push, pipeline: run.config.name });
    },
  };
}

interface MetricsTarget {
  path: string | undefined;
  push: string | undefined;
  pipeline: string;
}

/** To each place that is named, whatever becomes of the other. Throws the first error. */
export async function sendMetrics(text: string, { path, push, pipeline }: MetricsTarget): Promise<void> {
  const sent = await Promise.allSettled([
    ...(path === undefined ? [] : [replaceFile(path, text)]),
    ...(push === undefined ? [] : [pushTo(push, pipeline, text)]),
  ]);
  const failed = sent.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

/** A run that fails does not forget when all was well. Without a lake the file before knows. */
async function lastSuccess(
  { begun, run }: TrackedRun,
  { status, ended, result }: RunEnd,
  path: string | undefined,
): Promise<number | undefined> {
  if (status === 'done' && isServed(result)) return ended;
  if (begun)
    return (await listRuns(begun.lake)).find(
      (one) => one.status === 'done' && one.run !== run && isServed(resultIn(one)),
    )?.ended;
  const text = path === undefined ? '' : await readFile(path, 'utf8').catch(() => '');
  const seconds = /^throughline_run_last_success_timestamp_seconds\S* (\S+)$/m.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

/** A task that maps some chunks ends well, though what comes of them may not serve for a week. */
function isServed(result: Pick<RunResult, 'index' | 'themes'> | undefined): boolean {
  return result?.index !== undefined || result?.themes !== undefined;
}

const resultIn = ({ manifest }: RunEntry) => manifest.result as RunResult | undefined;

/** The collector may read at any moment: it sees the file before or this one. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, text, { mode: 0o644 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function pushTo(push: string, pipeline: string, text: string): Promise<void> {
  const url = `${push.replace(/\/+$/, '')}/metrics/job/throughline/pipeline/${pipeline}`;
  const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };
  const request = { method: 'POST' as const, url, headers, body: text };
  await openHttpClient(POLICY)
    .send(request, () => ({ value: undefined }))
    .catch(({ message }: Error) => {
      throw new Error(message.replaceAll(url, `${new URL(url).origin}/***`));
    });
}
