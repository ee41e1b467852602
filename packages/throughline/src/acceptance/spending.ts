/** What a run takes: money and time. Known for good at its end only. */
import { type Config, durationMs } from '../config/index.ts';
import { atMost, type MeasuredLimit } from './limit.ts';

export interface Spent {
  /** In the currency of the price. */
  cost: number;
  seconds: number;
}

export function measureSpending(
  { costPerRun, duration }: Config['acceptance'],
  { cost, seconds }: Spent,
): MeasuredLimit[] {
  return [
    ...(costPerRun === undefined ? [] : [atMost('costPerRun', cost, { ...costPerRun, shown: money })]),
    ...(duration === undefined
      ? []
      : [
          atMost('duration', seconds, {
            ...{ max: durationMs(duration.max) / 1000, onMiss: duration.onMiss },
            shown: inSeconds,
          }),
        ]),
  ];
}

function money(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function inSeconds(value: number): string {
  return `${Number(value.toPrecision(4))} seconds`;
}
