import { isAlive } from '../../chunk/owner.ts';
import type { RunEntry } from '../../run/index.ts';
import type { Facts, LakeFacts } from '../facts.ts';
import { type Point, point } from '../point.ts';

/** What happens when something fails, and whether somebody hears of it. */
export function failureHandling(facts: Facts): Point[] {
  const { config, lake } = facts;
  return [
    alerts(facts),
    point(
      config.retry.attempts > 1,
      config.retry.attempts > 1
        ? `retry.attempts: ${config.retry.attempts} for each chunk in a run, the second after ${config.retry.wait}`
        : 'a chunk that fails is not tried again',
      { mend: 'retry: { attempts: 3 }' },
    ),
    ...(config.schedule && config.schedule.retries === 0
      ? [point(false, 'a task of the schedule is not tried again', { mend: 'schedule: { retries: 3 }' })]
      : []),
    deadLetters(facts),
    ...(lake ? [lastRun(lake, facts), ...chunks(lake, facts)] : []),
  ];
}

function alerts({ config, command }: Facts): Point {
  const kinds = config.alerts.map((one) => ('slack' in one ? 'slack' : 'webhook'));
  return point(
    kinds.length > 0,
    kinds.length > 0 ? `alerts: ${kinds.join(', ')}` : 'nobody is told when something goes wrong',
    {
      command: command('doctor --alerts'),
      mend: `alerts: [{ slack: "\${SLACK_URL}" }], then ${command('doctor --alerts')}`,
    },
  );
}

function deadLetters({ config, lake, command }: Facts): Point {
  const limit = config.acceptance.deadLetterRate;
  const open = lake ? `${lake.openDeadLetters} are open` : 'nothing has run yet';
  return point(
    limit !== undefined,
    limit === undefined
      ? `no limit of dead letters is agreed on; ${open}`
      : `acceptance.deadLetterRate: at most ${limit.max}, else ${limit.onMiss}; ${open}`,
    { command: command('dlq'), mend: 'acceptance: { deadLetterRate: { max: 0.001 } }' },
  );
}

function lastRun({ runs }: LakeFacts, { command }: Facts): Point {
  const last = runs.find((run) => run.ended !== undefined || isGone(run));
  if (!last) return point(false, 'no run has ended yet', { mend: command('run') });
  const { run, status, ended } = last;
  const ok = status === 'done';
  return point(
    ok,
    ok
      ? `the last run, ${run}, ended well`
      : `the last run, ${run}, ${ended === undefined ? 'was killed' : status}`,
    { command: command(`runs show ${run}`), mend: `mend what it says, then ${command('run')}` },
  );
}

function isGone({ manifest: { owner } }: RunEntry): boolean {
  return typeof owner === 'string' && isAlive(owner) === false;
}

/** A chunk that failed and has left the source is nobody's trouble. */
function chunks({ build, source }: LakeFacts, { command }: Facts): Point[] {
  const failed = [...(build?.states ?? [])].filter(
    ([id, { last }]) => last.event === 'failed' && (!source.known || source.due.includes(id)),
  );
  if (failed.length === 0) return [];
  const names = failed.slice(0, 3).map(([id]) => id);
  return [
    point(false, `${failed.length} chunks failed in their last attempt: ${names.join(', ')}`, {
      command: command('status'),
      mend: command('run'),
    }),
  ];
}
