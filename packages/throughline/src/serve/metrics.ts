/** What Prometheus reads: latencies by route and by part of a search, what waits, which versions serve, what fails. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { FreshReport } from '../search/index.ts';

/** Seconds: from a cached question to a server in trouble. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface ServeMetrics {
  readonly registry: Registry;
  /** Seconds. */
  request(labels: { method: string; route: string; status: string }, seconds: number): void;
  /** Milliseconds of each part of a search. */
  parts(ms: Readonly<Record<string, number>>): void;
  /** `hit`: another request with the same question was being answered. */
  shared(result: 'hit' | 'miss'): void;
  problem(code: string): void;
  versions(index: string, themes: string | undefined): void;
  watch(queue: { running: number; waiting: number }): void;
  /** What streams have committed since the index was built, as far as it is searched. */
  watchFreshness(report: () => FreshReport | undefined, clock: () => number): void;
}

/** `processMetrics`: memory, event loop and garbage collection of the process as well. */
export function openMetrics({ processMetrics = true } = {}): ServeMetrics {
  const registry = new Registry();
  const registers = [registry];
  if (processMetrics) collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'throughline_http_request_duration_seconds',
    help: 'Time to answer, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers,
  });
  const parts = new Histogram({
    name: 'throughline_search_part_duration_seconds',
    help: 'Time of the parts of a search; parts may run side by side',
    labelNames: ['part'],
    buckets: BUCKETS,
    registers,
  });
  const shared = new Counter({
    name: 'throughline_search_shared_total',
    help: 'Searches that found an equal one under way (hit), or did not (miss)',
    labelNames: ['result'],
    registers,
  });
  const problems = new Counter({
    name: 'throughline_problems_total',
    help: 'Requests that were refused or failed, by code',
    labelNames: ['code'],
    registers,
  });
  const versions = new Gauge({
    name: 'throughline_version_info',
    help: 'Versions that serve',
    labelNames: ['index', 'themes'],
    registers,
  });
  return {
    registry,
    request: (labels, seconds) => requests.observe(labels, seconds),
    parts(ms) {
      for (const [part, value] of Object.entries(ms)) parts.observe({ part }, value / 1000);
    },
    shared: (result) => shared.inc({ result }),
    problem: (code) => problems.inc({ code }),
    versions(index, themes) {
      versions.reset();
      versions.set({ index, themes: themes ?? '' }, 1);
    },
    watch(queue) {
      for (const state of ['running', 'waiting'] as const)
        new Gauge({
          name: `throughline_searches_${state}`,
          help: `Searches that are ${state}`,
          registers,
          collect() {
            this.set(queue[state]);
          },
        });
    },
    watchFreshness(report, clock) {
      const gauge = (name: string, help: string, figureOf: (report: FreshReport) => number | undefined) =>
        new Gauge({
          name: `throughline_fresh_${name}`,
          help,
          registers,
          collect() {
            this.reset();
            const now = report();
            const value = now && figureOf(now);
            if (value === undefined) this.remove();
            else this.set(value);
          },
        });
      gauge('passages', 'Passages that are searched and not in the index', ({ passages }) => passages);
      gauge('hidden_passages', 'Passages of the index that have gone or changed', ({ hidden }) => hidden);
      gauge(
        'newest_commit_age_seconds',
        'Age of the newest commit of a stream that is searched',
        ({ newestAt }) => (newestAt === null ? undefined : Math.max(0, (clock() - newestAt) / 1000)),
      );
      gauge('complete', '0 where no more of what streams commit is taken', ({ complete }) =>
        Number(complete),
      );
    },
  };
}
