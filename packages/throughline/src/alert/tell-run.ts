/** Tells what of a run needs somebody. A run never fails because nobody could be told. */
import type { Config } from '../config/index.ts';
import { digestOf } from '../lake/canonical.ts';
import { inTurn } from '../lake/in-turn.ts';
import type { Lake } from '../lake/lake.ts';
import type { Alert } from './alert.ts';
import { type AlertStates, alertsPath, decide, readAlertStates, writeAlertStates } from './open-alerts.ts';
import { type SendEffects, sendNotice } from './send-notice.ts';

export interface RunNews {
  run: string;
  alerts: readonly Alert[];
  /** Whether the trouble of that key would be among the alerts if it lasted. */
  looked: (key: string) => boolean;
}

export interface TellEffects extends SendEffects {
  warn: (message: string) => void;
}

/**
 * Each destination is told once for as long as a trouble lasts; what could not be sent to it is told by the next run. Without a lake all is
 * told: nobody knows what was. A stream, what is derived beside it and its history tell from one process: each in its turn.
 */
export async function tellRun(
  lake: Lake | undefined,
  config: Pick<Config, 'name' | 'alerts'>,
  news: RunNews,
  effects: TellEffects,
): Promise<void> {
  if (config.alerts.length === 0) return;
  const told = () => tellInTurn(lake, config, news, effects);
  await (lake ? inTurn(alertsPath(lake), told) : told());
}

async function tellInTurn(
  lake: Lake | undefined,
  { name, alerts: destinations }: Pick<Config, 'name' | 'alerts'>,
  { run, alerts, looked }: RunNews,
  { warn, ...effects }: TellEffects,
): Promise<void> {
  const before = lake ? await readAlertStates(lake).catch((): AlertStates => ({})) : {};
  const after: AlertStates = {};
  for (const destination of destinations) {
    const known = before[keyOf(destination)] ?? {};
    const { tell, recovered, open } = decide(known, alerts, { at: effects.clock(), looked });
    const notice = { pipeline: name, run, alerts: tell, recovered };
    const errors =
      tell.length + recovered.length === 0 ? [] : await sendNotice([destination], notice, effects);
    for (const { message } of errors) warn(`an alert could not be sent: ${message}`);
    after[keyOf(destination)] = errors.length === 0 ? open : known;
  }
  // Tasks beside each other have mostly nothing to say, and must not write what they have read over what another has told.
  if (lake && digestOf(after) !== digestOf(before))
    await writeAlertStates(lake, after).catch(({ message }) => {
      warn(`what was told could not be written down, and is told again: ${message}`);
    });
}

/** Of the address, which is a secret. */
function keyOf(destination: Config['alerts'][number]): string {
  return digestOf('slack' in destination ? destination.slack : destination.webhook);
}
