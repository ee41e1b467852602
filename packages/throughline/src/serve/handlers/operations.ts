import { listDeadLetters } from '../../lake/dead-letters.ts';
import type { Current } from '../../lake/lake.ts';
import { listResults } from '../../quality/index.ts';
import { listRuns } from '../../run/index.ts';
import { lakeStatus } from '../../run/status.ts';
import { listVersions, promoteVersion, rollBack } from '../../search/versions.ts';
import { refuseWithin } from '../access.ts';
import { listActions } from '../audit.ts';
import type { Handlers } from '../caller.ts';
import { shownFreshness, shownIndex } from '../index-report.ts';
import { notFound } from '../not-found.ts';
import { qualityChecks } from '../quality-checks.ts';
import type { RetryJob } from '../retry-job.ts';
import { shownRun } from '../run-report.ts';
import type { Service } from '../service.ts';
import { shownStatus } from '../status-report.ts';
import { aroundEach } from './around-each.ts';

type OperationHandlers = Pick<
  Handlers,
  | 'runs'
  | 'run'
  | 'chunks'
  | 'quality'
  | 'deadLetters'
  | 'retryDeadLetters'
  | 'retry'
  | 'index'
  | 'promoteIndex'
  | 'rollBackIndex'
  | 'audit'
>;

const [RUNS, CHECKS, LETTERS, ACTIONS] = [50, 200, 50, 100];

/** About all records at once: whoever sees a part of them is refused. */
export function operationHandlers(
  { lake, loaded, searcher, clock }: Service,
  retryJob: RetryJob,
): OperationHandlers {
  const { index: settings, acceptance } = loaded.config;
  const handlers: OperationHandlers = {
    async runs({ query: { limit = RUNS } }) {
      const runs = await listRuns(lake);
      return { total: runs.length, runs: runs.slice(0, limit).map(shownRun) };
    },
    async run({ params: { id } }) {
      const run = (await listRuns(lake)).find((one) => one.run === id);
      if (!run) throw notFound(`there is no run ${id}`, 'run_missing');
      return { ...shownRun(run), manifest: run.manifest };
    },
    async chunks() {
      const status = await lakeStatus(lake);
      return { ...shownStatus(status), chunks: status.chunks };
    },
    async quality({ query: { limit = CHECKS } }) {
      const [runs, { versions }, results] = await Promise.all([
        listRuns(lake),
        listVersions(lake, settings),
        listResults(lake, { limit }),
      ]);
      return {
        checks: qualityChecks(runs, versions, results, { acceptance, index: settings }).slice(0, limit),
      };
    },
    async deadLetters({ query: { reason, chunk, limit = LETTERS } }) {
      const found = await listDeadLetters(lake, limit, {
        codes: reason === undefined ? undefined : [reason],
        chunks: chunk === undefined ? undefined : [chunk],
      });
      const deadLetters = found.deadLetters.map((one) => ({
        ...one,
        seen: new Date(one.seen).toISOString(),
      }));
      return { ...found, deadLetters };
    },
    async retryDeadLetters({ body }) {
      return retryJob.start(body);
    },
    async retry() {
      return retryJob.state();
    },
    async index() {
      const { versions, unreadable } = await listVersions(lake, settings);
      return { versions: versions.map(shownIndex), unreadable, fresh: shownFreshness(searcher.freshness()) };
    },
    promoteIndex: async ({ body }) => promoted(await promoteVersion(lake, body.version, settings, clock)),
    rollBackIndex: async () => promoted(await rollBack(lake, settings, clock)),
    audit: async ({ query: { limit = ACTIONS } }) => ({ actions: await listActions(lake, limit) }),
  };
  return aroundEach(handlers, async ({ access }, answer) => {
    refuseWithin(access);
    return answer();
  });
}

function promoted({ build, index, themes }: Current) {
  return { build: build ?? null, index: index ?? null, themes: themes ?? null };
}
