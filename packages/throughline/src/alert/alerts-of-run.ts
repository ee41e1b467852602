/** What of a run needs somebody. */
import type { LimitName } from '../acceptance/index.ts';
import type { ThroughlineError } from '../error.ts';
import { type CheckResult, INDEX_CHECKS, sentence } from '../quality/index.ts';
import { quoted } from '../quoted.ts';
import type { RunResult } from '../run/result.ts';
import type { Step } from '../run/steps.ts';
import { trendsCommand } from '../theme/trends-command.ts';
import type { ThemesWatched, WatchedChange } from '../theme/watch-themes.ts';
import type { Alert } from './alert.ts';

const KEPT = 'Search and themes stay as they were.';
const SHOWN = 5;

/** Of a run that came to an end. */
export function alertsOfResult(result: RunResult): Alert[] {
  return [
    ...chunkAlerts(result),
    ...qualityAlerts(result),
    ...limitAlerts(result),
    ...deadLetterAlerts(result),
    ...themeAlerts(result),
  ];
}

/** Of a run that ended with an error. A person's Ctrl-C is none. */
export function alertsOfError({ code, message, hint }: ThroughlineError, step?: Step): Alert[] {
  if (code === 'interrupted') return [];
  const isBudget = code.includes('budget');
  return [
    {
      key: `run_failed/${code}${step === undefined ? '' : `/${step}`}`,
      kind: 'run_failed',
      title: isBudget ? 'The budget is used up' : `A run failed: ${code}`,
      happened: message,
      effect: `What was finished is kept; the rest is missing. ${KEPT}`,
      todo: hint ?? 'The log of the run says more.',
      command: code.startsWith('config') ? 'throughline doctor' : 'throughline run',
    },
  ];
}

/** Of an earlier run whose process is gone without a word. */
export function alertOfKilledRun(run: string): Alert {
  return {
    key: `run_killed/${run}`,
    kind: 'run_killed',
    title: 'A run was killed',
    happened: `The run ${run} has no end, and its process is gone: it was killed, or its machine was.`,
    effect: 'What it had finished is kept; this run takes over what it had claimed.',
    todo: 'Nothing, unless it comes again: then look for what ends it (memory, disk, the scheduler).',
    command: 'throughline status',
  };
}

/** Of a run of a schedule, some task of which failed for good: also of what no run of ours could tell, such as a time-out. */
export function alertOfSchedule(run: string): Alert {
  return {
    key: `schedule_failed/${run}`,
    kind: 'schedule_failed',
    title: 'A scheduled run failed',
    happened: `A task of the scheduled run ${run} failed after all of its tries, or must not be tried again.`,
    effect: `What other tasks have finished is kept. ${KEPT}`,
    todo: 'The log of the task, in the scheduler, says why. Once that is mended, clear the task there, or run by hand.',
    command: 'throughline run',
  };
}

/** Of streams that are followed, by the ages (seconds) of what is published of them. */
export function alertsOfStreams(late: ReadonlyMap<string, number>, maxLag: string): Alert[] {
  return [...late].map(([stream, age]) => ({
    key: `stream_late/${stream}`,
    kind: 'stream_late',
    title: `${stream} is late`,
    happened: `The newest change that was read of it is ${Math.round(age)} s old and not published, or was when it was; follow.maxLag is ${maxLag}.`,
    effect: 'What came since then is not found yet. Nothing is lost: it is published in its order.',
    todo: 'The log of throughline run --follow says what it waits for: the model, the store, or more changes than it can do.',
    command: 'throughline status',
  }));
}

function chunkAlerts({ failures }: RunResult): Alert[] {
  if (failures.length === 0) return [];
  const names = failures.slice(0, SHOWN).map(({ chunk }) => chunk);
  const more = failures.length > SHOWN ? ` and ${failures.length - SHOWN} more` : '';
  return [
    {
      key: 'chunk_failed',
      detail: failures
        .map(({ chunk }) => chunk)
        .sort()
        .join(' '),
      kind: 'chunk_failed',
      title: `${failures.length} chunks failed`,
      happened: `${names.join(', ')}${more}: ${failures[0]!.message}`,
      effect: 'These chunks keep what was published of them before; all others are up to date.',
      todo: 'The next run tries them again. Where the data are the reason, mend them first.',
      command:
        failures.length > SHOWN
          ? 'throughline run'
          : `throughline run --chunk ${names.map(quoted).join(' ')}`,
    },
  ];
}

/** Those of an index are told with its limits. */
function qualityAlerts({ quality, runId }: RunResult): Alert[] {
  return quality
    .filter(({ status, check }) => status === 'failed' && !INDEX_CHECKS.includes(check))
    .map((check) => ({
      key: `quality_failed/${check.name}`,
      kind: 'quality_failed' as const,
      title: `Quality check ${check.name} ${check.severity === 'fail' ? 'failed' : 'warns'}`,
      happened: sentence(check),
      effect: check.severity === 'fail' ? `Nothing was promoted. ${KEPT}` : 'It was promoted all the same.',
      ...remedy(check, runId),
    }));
}

/** What mends it. */
function remedy({ check, sample, severity }: CheckResult, runId: string): Pick<Alert, 'todo' | 'command'> {
  if (check === 'schema' && severity === 'fail')
    return {
      todo: 'Mend the source and run again; where the new columns are the right ones, accept them.',
      command: 'throughline run --accept-schema',
    };
  if (check === 'source_rows' || check === 'table_rows')
    return {
      todo: 'The tables do not add up: something else has changed them, or it is a defect. These chunks are made again.',
      command: `throughline run --force${sample.length > 0 ? ` --chunk ${sample.map(quoted).join(' ')}` : ''}`,
    };
  return {
    todo: 'Mend the source (or the check, where the data are right), then run again.',
    command: `throughline quality --run ${runId} --failed`,
  };
}

function limitAlerts({ unmet, limits, runId }: RunResult): Alert[] {
  const stopped = unmet.filter((limit) => !limit.startsWith('quality check '));
  const isStopped = (name: string) => stopped.some((limit) => nameIn(limit) === name);
  const warned = limits.filter(({ name }) => !isStopped(name)).flatMap((limit) => limit.unmet);
  return [
    ...stopped.map((limit) => limitAlert(limit, runId, `Nothing was promoted. ${KEPT}`)),
    ...warned.map((limit): Alert => {
      const alert = limitAlert(limit, runId, 'It is agreed that this only warns: what was due was promoted.');
      // What only warned and now stops is news.
      return { ...alert, kind: 'limit_warns', detail: 'warns', title: `${alert.title} (warning)` };
    }),
  ];
}

type Advice = Pick<Alert, 'title' | 'todo' | 'command'>;

const ADVICE: Record<LimitName | 'incomplete', (run: string) => Advice> = {
  incomplete: () => ({
    title: 'What is published is incomplete',
    todo: 'Run what is missing: after a change of settings that is the whole history.',
    command: 'throughline run',
  }),
  deadLetterRate: () => ({
    title: 'Too many dead letters',
    todo: 'Mend what the dead letters say, then retry them.',
    command: 'throughline dlq',
  }),
  ndcg: () => ({
    title: 'The search answers judged queries too badly',
    todo: 'Look at the worst queries; the index is kept.',
    command: 'throughline index list',
  }),
  freshness: () => ({
    title: 'The newest record is too old',
    todo: 'Look whether the source still gets new rows.',
    command: 'throughline plan',
  }),
  parity: () => ({
    title: 'The results differ from the reference',
    todo: 'See what differs; change the pipeline, or agree on another reference.',
    command: 'throughline compare --config throughline.yaml',
  }),
  costPerRun: (run) => ({
    title: 'A run cost too much',
    todo: 'See what it embedded anew; embed.budget is a bound that a run cannot pass.',
    command: `throughline runs show ${run}`,
  }),
  duration: (run) => ({
    title: 'A run took too long',
    todo: 'See which stage took the time.',
    command: `throughline runs show ${run}`,
  }),
};

/** Of `acceptance:`, by a sentence that begins with the limit's name, or of the index itself. */
function limitAlert(limit: string, run: string, effect: string): Alert {
  const name = nameIn(limit);
  const advice = (ADVICE as Partial<typeof ADVICE>)[name as keyof typeof ADVICE]?.(run);
  return {
    ...{ key: `limit_unmet/${name}`, kind: advice ? 'limit_unmet' : 'index_not_promoted' },
    ...{ happened: limit, effect },
    ...(advice ?? {
      title: 'The index was not promoted',
      todo: 'Look at the measurements; the index is kept.',
      command: 'throughline index list',
    }),
  };
}

function nameIn(limit: string): string {
  return limit.split(/[:,]/, 1)[0]!;
}

function deadLetterAlerts({ deadLetters, limits, runId }: RunResult): Alert[] {
  const isTooMuch = limits.some(({ name, unmet }) => name === 'deadLetterRate' && unmet.length > 0);
  if (deadLetters === 0 || isTooMuch) return [];
  return [
    {
      key: `dead_letters/${runId}`,
      kind: 'dead_letters',
      title: `${deadLetters} new dead letters`,
      happened: `${deadLetters} rows could not be processed. They are kept with their reasons.`,
      effect: 'They are in no result until they are retried; all other rows are.',
      todo: 'See their reasons; mend the source or the config; then retry them.',
      command: 'throughline dlq',
    },
  ];
}

/** Of each change in a period one, the clearest: what comes and goes with chance is told once. */
function themeAlerts({ themesWatched }: RunResult): Alert[] {
  if (!themesWatched) return [];
  return themesWatched.changes.slice(0, MOST_CHANGES).map((one) => ({
    key: `${keyOfPeriod(themesWatched)}${JSON.stringify([one.theme, one.value, one.change])}`,
    kind: 'themes_changed',
    title: `"${one.label}" ${CHANGES[one.change]}`,
    happened: `Since ${themesWatched.from} ${changeTold(one)}.`,
    effect: 'Chance and the usual ups and downs do not explain it. Nothing is wrong with the pipeline.',
    todo: 'Read the texts that stand behind it.',
    command: trendsCommand(themesWatched),
  }));
}

/** With it begin the keys of all that is told of a period. */
export function keyOfPeriod({ every, from }: ThemesWatched): string {
  return `themes_changed/${every}/${from}/`;
}

const MOST_CHANGES = 10;
const CHANGES = { new: 'is new', more: 'is more than usual', less: 'is less than usual' } as const;

function changeTold({ value, theme, label, change, share, before }: WatchedChange): string {
  const among = value === null ? 'the records' : `those of ${value}`;
  return `"${label}" (${theme}) ${CHANGES[change]}, ${percent(share)} of ${among} instead of ${percent(before)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
