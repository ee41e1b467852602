/** The limits of `acceptance:` with their last figures, against what is agreed on today. */
import {
  figureOf,
  type LimitName,
  type MeasuredLimit,
  measurePublished,
  measureSpending,
} from '../acceptance/index.ts';
import type { Config } from '../config/index.ts';
import type { Build } from '../lake/build.ts';
import { digestOf } from '../lake/canonical.ts';
import type { Lake } from '../lake/lake.ts';
import type { StoredResult } from '../quality/index.ts';
import type { Facts, LakeFacts } from './facts.ts';

export interface LimitState {
  /** Of the config, with its part where it has several: `parity.minCosine`. */
  name: string;
  /** What was agreed on, such as `<= 48 hours`. */
  agreed: string;
  onMiss: 'stop' | 'warn';
  observed: number | null;
  met: boolean;
  /** The run that measured it; null where it was measured for this. */
  run: string | null;
  /** Where it is not met. */
  mend?: string;
}

const NOW: readonly LimitName[] = ['deadLetterRate', 'freshness'];

/** Rate and age are measured for this: they change without a run. `now` in milliseconds since 1970 UTC. */
export async function limitStates(
  facts: Facts,
  tables: { lake: Lake; build: Build } | undefined,
  now: number,
): Promise<LimitState[]> {
  const { acceptance } = facts.config;
  const names = (Object.keys(acceptance) as LimitName[]).filter((name) => isAgreed(acceptance, name));
  const measured = tables ? await measuredNow(facts, tables, now) : [];
  return names.flatMap((name) => {
    const { onMiss } = acceptance[name]!;
    const states = NOW.includes(name)
      ? statesOf(
          measured.find((one) => one.name === name),
          null,
        )
      : facts.lake
        ? lastFigures(facts.lake, facts.config, name)
        : [];
    const shown = states.length > 0 ? states : [unmeasured(name, onMiss)];
    return shown.map((state) => (state.met ? state : { ...state, mend: mendOf(name, state, facts) }));
  });
}

function isAgreed(acceptance: Config['acceptance'], name: LimitName): boolean {
  if (name === 'parity') return acceptance.parity?.reference !== undefined;
  return acceptance[name] !== undefined;
}

async function measuredNow(
  { config }: Facts,
  { lake, build }: { lake: Lake; build: Build },
  started: number,
): Promise<MeasuredLimit[]> {
  const { openLedger } = await import('../chunk/ledger.ts');
  const { deadLetterRate, freshness } = config.acceptance;
  return measurePublished(lake, build, {
    config: { ...config, acceptance: { deadLetterRate, freshness } },
    statesOf: async () => (await openLedger(lake, build.info.digest)).states,
    ...{ isWhole: true, started, directory: '.', product: '' },
    info: () => {},
    warning: () => {},
  });
}

function statesOf(limit: MeasuredLimit | undefined, run: string | null): LimitState[] {
  if (!limit) return [];
  return limit.figures.map(({ name, observed, expected, ok }) => ({
    ...{ name, agreed: expected, onMiss: limit.onMiss, observed, met: ok, run },
  }));
}

/** Of the newest run that measured it. Money and time are judged by today's limits, the others count only for the settings they were measured by. */
function lastFigures({ results, runs, build }: LakeFacts, config: Config, name: LimitName): LimitState[] {
  const { acceptance } = config;
  const isSpending = name === 'costPerRun' || name === 'duration';
  const ofLimit = results.filter(
    (one) => figureOf(one)?.split('.')[0] === name && (isSpending || one.build === build?.digest),
  );
  const run = ofLimit[0]?.run;
  if (run === undefined) return [];
  const figures = ofLimit.filter((one) => one.run === run);
  if (isSpending) {
    const value = figures[0]!.observed ?? 0;
    const judged = measureSpending(acceptance, { cost: value, seconds: value });
    return statesOf(
      judged.find((one) => one.name === name),
      run,
    );
  }
  const then = runs.find((one) => one.run === run)?.manifest.settings as Config | undefined;
  const isSame = digestOf(then?.acceptance?.[name] ?? null) === digestOf(acceptance[name] ?? null);
  if (!isSame) return [];
  return figures.map((one) => stateOf(one, acceptance[name]!.onMiss));
}

function stateOf(one: StoredResult, onMiss: LimitState['onMiss']): LimitState {
  const { observed, expected, run, status } = one;
  return { name: figureOf(one)!, agreed: expected, onMiss, observed, met: status === 'passed', run };
}

function unmeasured(name: LimitName, onMiss: LimitState['onMiss']): LimitState {
  return { name, agreed: 'as the config says', onMiss, observed: null, met: false, run: null };
}

const MENDS: Record<LimitName, (command: Facts['command']) => string> = {
  deadLetterRate: (command) => `mend what ${command('dlq')} shows, then ${command('dlq retry')}`,
  ndcg: (command) =>
    `see the worst queries: ${command('eval search --judgements FOLDER --worst 10')}, with the folder of acceptance.ndcg`,
  freshness: (command) => `bring new rows to the source, then ${command('run')}`,
  parity: (command) =>
    `see what differs: ${command('quality')}; mend the settings, or agree on another reference`,
  costPerRun: () => 'bound it: embed: { budget: { money: ... } }, or agree on another limit',
  duration: () => 'more cores or Spark (engine:), or agree on another limit',
};

function mendOf(name: LimitName, { observed, run }: LimitState, { command }: Facts): string {
  if (observed === null && run === null) return `measure it: ${command('run')}`;
  return MENDS[name](command);
}
