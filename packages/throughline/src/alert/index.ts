export type { Alert } from './alert.ts';
export {
  alertOfKilledRun,
  alertOfSchedule,
  alertsOfError,
  alertsOfResult,
  alertsOfStreams,
  keyOfPeriod,
} from './alerts-of-run.ts';
export { sendNotice } from './send-notice.ts';
export { tellRun } from './tell-run.ts';
