/** Tells what of a run needs somebody. A run never fails because nobody could be told. */
import type { Config } from '../config/index.ts';
import type { Lake } from '../lake/lake.ts';
import type { Alert } from './alert.ts';
import { decide, readOpenAlerts, writeOpenAlerts } from './open-alerts.ts';
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

/** Told once for as long as it lasts; what could not be sent to anybody is told by the next run. */
export async function tellRun(
  lake: Lake,
  { name, alerts: destinations }: Pick<Config, 'name' | 'alerts'>,
  { run, alerts, looked }: RunNews,
  { warn, ...effects }: TellEffects,
): Promise<void> {
  if (destinations.length === 0) return;
  try {
    const before = await readOpenAlerts(lake);
    const { tell, recovered, open } = decide(before, alerts, { at: effects.clock(), looked });
    if (tell.length + recovered.length > 0) {
      const notice = { pipeline: name, run, alerts: tell, recovered };
      const errors = await sendNotice(destinations, notice, effects);
      for (const { message } of errors) warn(`an alert could not be sent: ${message}`);
      if (errors.length === destinations.length) return;
    }
    await writeOpenAlerts(lake, open);
  } catch (error) {
    warn(`alerts: ${(error as Error).message}`);
  }
}
