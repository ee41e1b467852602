/** Breaks a pipeline in known ways, and looks at what was told, where the rows went, and whether one command repairs it. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { startFakeApi } from '../../../../fake-api/server.ts';
import { loadConfig } from '../../src/config/index.ts';
import { readJson } from '../../src/lake/json-file.ts';
import type { Current } from '../../src/lake/lake.ts';
import { lakePath } from '../../src/lake/lake-path.ts';
import { planPipeline } from '../../src/run/plan.ts';
import type { IndexManifest } from '../../src/search/manifest.ts';
import { complaints, toCsv } from '../complaints.ts';
import { type Project, project } from '../project.ts';
import { receiver } from '../receiver.ts';
import { comparable, promotedTables } from '../same-lake.ts';
import { readBuild } from '../tables.ts';
import type { Outcome, Rows, Scenario, Stage } from './scenario.ts';

/** All of it, as the demo's pipeline is: with index, themes and the real model. */
export const WHOLE: Omit<DrillSettings, 'scenarios'> = {
  ...{ rows: 120, before: 90, every: '1M', model: 'minilm', clock: Date.now },
};

export interface DrillSettings {
  scenarios: readonly Scenario[];
  /** Rows of the source, and how many of them are there before it breaks. */
  rows: number;
  before: number;
  /** Leaves index and themes out: a third of the time. */
  only?: 'map';
  /** Window of a chunk. */
  every: string;
  /** Of scenarios that need no API. */
  model: 'minilm' | 'hash';
  clock: () => number;
}

type Cleanup = Pick<TestContext, 'after'>;

const DIMENSION = 64;
const QUICK = { timeout: '2s', wait: '20ms', retries: 1, breaker: { failures: 3, pause: '50ms' } };

/** One outcome for each scenario, in their order. */
export async function* runDrill(t: Cleanup, settings: DrillSettings): AsyncGenerator<Outcome> {
  for (const withApi of [undefined, true] as const) {
    const scenarios = settings.scenarios.filter((one) => one.withApi === withApi);
    if (scenarios.length === 0) continue;
    const setting = await openSetting(t, settings, withApi === true);
    for (const scenario of scenarios) {
      const started = settings.clock();
      const outcome = await play(t, scenario, setting);
      yield { ...outcome, seconds: (settings.clock() - started) / 1000 };
    }
  }
}

interface Setting {
  config: Record<string, unknown>;
  csv: { before: string; whole: string } & Pick<Stage, 'rows' | 'fresh'>;
  /** A pipeline that has run over the first rows. */
  template: Project;
  /** One that nothing was done to: it has run over the first rows, then over all. */
  undisturbed: Project;
  api: Stage['api'];
  hook: Awaited<ReturnType<typeof receiver>>;
  /** More arguments of every run. */
  more: readonly string[];
}

async function openSetting(t: Cleanup, settings: DrillSettings, withApi: boolean): Promise<Setting> {
  const rows = complaints(settings.rows).sort((a, b) => (a.date_received < b.date_received ? -1 : 1));
  const csv: Setting['csv'] = {
    before: toCsv(rows.slice(0, settings.before)),
    whole: toCsv(rows),
    rows,
    fresh: settings.rows - settings.before,
  };
  const hook = await receiver(t);
  const { api, url } = withApi ? await switchableApi(t) : { api: undefined, url: undefined };
  const embed = url
    ? { model: 'openai:fake-embedding', url, dimension: DIMENSION, batch: 8, requests: QUICK }
    : { model: settings.model, ...(settings.model === 'hash' && { dimension: DIMENSION }) };
  const config = {
    ...{ name: 'complaints', embed, themes: { sample: 100 } },
    chunk: { by: 'date_received', every: settings.every },
    quality: [{ check: 'schema' }],
    acceptance: { deadLetterRate: { max: 0.03 } },
    retry: { attempts: 2, wait: '20ms' },
    alerts: [{ webhook: `${hook.url}/hook` }],
  };
  const template = await project(t, csv.before, config);
  const more = settings.only ? ['--only', settings.only] : [];
  await wellRun(template, more);
  const undisturbed = await copied(t, template, config);
  await undisturbed.write('data.csv', csv.whole);
  await wellRun(undisturbed, more);
  hook.news();
  return { config, csv, template, undisturbed, api, hook, more };
}

async function wellRun(made: Project, more: readonly string[]): Promise<void> {
  const { code, stderr } = await made.run('run', '--json', ...more);
  if (code !== 0) throw new Error(`an undisturbed run ended with ${code}: ${stderr}`);
}

async function copied(t: Cleanup, from: Project, config: Record<string, unknown>): Promise<Project> {
  const made = await project(t, undefined, config);
  await cp(join(from.folder, 'data.csv'), join(made.folder, 'data.csv'));
  await cp(from.lake, made.lake, { recursive: true, preserveTimestamps: true });
  return made;
}

/** An API that can be stopped, and started again where it was. */
async function switchableApi(t: Cleanup): Promise<{ url: string; api: NonNullable<Stage['api']> }> {
  let running = await startFakeApi({ dimension: DIMENSION });
  const { url } = running;
  const port = Number(new URL(url).port);
  t.after(() => running.stop());
  return {
    url,
    api: {
      stop: () => running.stop(),
      start: async () => {
        running = await startFakeApi({ dimension: DIMENSION, port });
      },
    },
  };
}

async function play(
  t: Cleanup,
  scenario: Scenario,
  { config, csv, template, undisturbed, api, hook, more }: Setting,
): Promise<Outcome> {
  const ends: (() => Promise<unknown>)[] = [];
  const made = await copied(t, template, config);
  const stage: Stage = {
    made,
    source: csv.whole,
    rows: csv.rows,
    fresh: csv.fresh,
    api,
    after: (end) => void ends.push(end),
  };
  try {
    const skipped = await scenario.prepare?.(stage);
    if (skipped !== undefined) return { scenario, skipped };
    const { code } = await scenario.disturb(stage, ['run', '--json', ...more]);
    const rows = await rowsOf(made);
    const told = hook.news().flatMap(({ alerts }) => alerts);
    await scenario.mend(stage);
    const repaired = await made.run(...scenario.command.split(' ').slice(1), '--json', ...more);
    const after = hook.news();
    // Of a run that was killed the next one tells.
    const alert = [...told, ...after.flatMap(({ alerts }) => alerts)].find(
      ({ kind }) => kind === scenario.alert,
    );
    const isWhole = await isSame(made, undisturbed);
    const recovered = after.flatMap((notice) => notice.recovered);
    return {
      ...{ scenario, exit: code, rows },
      ...(alert && { alert }),
      repaired: { exit: repaired.code, recovered, rows: await rowsOf(made), isWhole },
    };
  } finally {
    for (const end of ends.reverse()) await end();
    await rm(made.folder, { recursive: true, force: true });
  }
}

/** Records, passages and dead letters, vectors bit by bit. Which themes there are depends on when they were fitted, by design. */
async function isSame(left: Project, right: Project): Promise<boolean> {
  const [ours, theirs] = [await promotedTables(left.lake), await promotedTables(right.lake)];
  for (const table of ['records', 'passages', 'dead_letters'])
    if (!isDeepStrictEqual(await comparable(ours[table]!), await comparable(theirs[table]!))) return false;
  return true;
}

async function rowsOf(made: Project): Promise<Rows> {
  const { dead_letters } = await readBuild(made.lake);
  const reasons = dead_letters.map(({ _code }) => String(_code)).sort();
  const deadLetters: Record<string, number> = {};
  for (const reason of reasons) deadLetters[reason] = (deadLetters[reason] ?? 0) + 1;
  const due = await dueRows(made);
  return { serving: await servingPassages(made), deadLetters, due };
}

/** None where the source cannot be planned as it is. */
async function dueRows({ folder }: Project): Promise<number> {
  const loaded = await loadConfig(join(folder, 'throughline.yaml'), { env: process.env });
  return await planPipeline(loaded).then(
    ({ due }) => due.rows,
    () => 0,
  );
}

async function servingPassages({ lake }: Project): Promise<number> {
  const { index } = (await readJson<Current>(lakePath(lake, 'current.json')))!;
  if (index === undefined) return 0;
  return (await readJson<IndexManifest>(lakePath(lake, 'indexes', index, 'manifest.json')))!.passages;
}
