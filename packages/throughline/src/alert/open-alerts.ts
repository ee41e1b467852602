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
  /** What it was about: told anew where that has changed. */
  detail?: string;
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
const EVENTS: readonly Alert['kind'][] = ['run_killed', 'schedule_failed', 'dead_letters', 'themes_changed'];

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
    const { key, title, kind, detail } = alert;
    const before = open[key];
    const isEvent = EVENTS.includes(kind);
    const isNews = before === undefined || before.detail !== detail;
    const isDue = isNews || (!isEvent && at - before.told >= AGAIN_MS);
    if (isDue) tell.push(alert);
    next[key] = {
      title,
      since: before?.since ?? at,
      told: isDue ? at : before.told,
      ...(detail !== undefined && { detail }),
    };
  }
  const recovered: string[] = [];
  for (const [key, alert] of Object.entries(open)) {
    if (next[key] !== undefined) continue;
    // A killed run never gets an end, and themes are looked at again: it must be known that it was told.
    if (key.startsWith('run_killed/')) next[key] = alert;
    else if (key.startsWith('themes_changed/') && !looked(key)) next[key] = alert;
    else if (EVENTS.some((kind) => key.startsWith(kind))) continue;
    else if (looked(key)) recovered.push(alert.title);
    else next[key] = alert;
  }
  return { tell, recovered, open: next };
}

/** By destination: one that could not be reached is told later what the others know. */
export type AlertStates = Record<string, OpenAlerts>;

export async function readAlertStates(lake: Lake): Promise<AlertStates> {
  return (await readJson<AlertStates>(alertsPath(lake))) ?? {};
}

export function writeAlertStates(lake: Lake, states: AlertStates): Promise<void> {
  return replaceJson(alertsPath(lake), states);
}

export function alertsPath({ root }: Lake): string {
  return lakePath(root, 'alerts.json');
}
