/** Which alerts last: each is told once, and once more when it is over. */
import { readJson, replaceJson } from '../lake/json-file.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import type { Alert } from './alert.ts';

export interface OpenAlert {
  title: string;
  /** Milliseconds since 1970 UTC. */
  since: number;
  told: number;
}

export type OpenAlerts = Record<string, OpenAlert>;

export interface Decision {
  tell: Alert[];
  /** Titles. */
  recovered: string[];
  open: OpenAlerts;
}

/** What lasts is told again after a day: it may have been overlooked. */
const AGAIN_MS = 24 * 3_600_000;

/** What happened once, and does not last. */
const EVENTS: readonly Alert['kind'][] = ['run_killed', 'dead_letters'];

/**
 * `looked`: whether a trouble that is not among `now` is over, as far as this run can tell; a run that ended early has not looked at
 * everything. What happened once is told once, and never over.
 */
export function decide(
  open: OpenAlerts,
  now: readonly Alert[],
  { at, looked }: { at: number; looked: (key: string) => boolean },
): Decision {
  const next: OpenAlerts = {};
  const tell: Alert[] = [];
  for (const alert of now) {
    const { key, title, kind } = alert;
    const before = open[key];
    const isEvent = EVENTS.includes(kind);
    const isDue = before === undefined || (!isEvent && at - before.told >= AGAIN_MS);
    if (isDue) tell.push(alert);
    next[key] = { title, since: before?.since ?? at, told: isDue ? at : before.told };
  }
  const recovered: string[] = [];
  for (const [key, alert] of Object.entries(open)) {
    if (next[key] !== undefined || EVENTS.some((kind) => key.startsWith(kind))) continue;
    if (looked(key)) recovered.push(alert.title);
    else next[key] = alert;
  }
  return { tell, recovered, open: next };
}

export async function readOpenAlerts(lake: Lake): Promise<OpenAlerts> {
  return (await readJson<OpenAlerts>(alertsPath(lake))) ?? {};
}

export function writeOpenAlerts(lake: Lake, open: OpenAlerts): Promise<void> {
  return replaceJson(alertsPath(lake), open);
}

function alertsPath({ root }: Lake): string {
  return lakePath(root, 'alerts.json');
}
