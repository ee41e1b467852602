import { relation } from '@throughline/delta';
import { type Config, durationMs } from '../config/index.ts';
import { openSession } from '../engine/local/session.ts';
import type { Build } from '../lake/build.ts';
import { atMost, type MeasuredLimit } from './limit.ts';

const HOUR_MS = 3_600_000;

/** Age of the newest record in hours; one query of one column. Not met where no record has a time. `now` in milliseconds since 1970 UTC. */
export async function measureFreshness(
  build: Build,
  { max, onMiss }: NonNullable<Config['acceptance']['freshness']>,
  now: number,
): Promise<MeasuredLimit> {
  const name = 'freshness';
  const most = durationMs(max) / HOUR_MS;
  const newest = await newestRecord(build, now);
  if (newest === undefined)
    return {
      ...{ name, onMiss },
      figures: [{ name, observed: null, expected: `<= ${hours(most)}`, ok: false }],
      unmet: [`${name}: no record has a time that is past; the newest must be at most ${hours(most)} old`],
    };
  return atMost(name, (now - newest) / HOUR_MS, { max: most, onMiss, shown: hours });
}

/** A date in the future is a mistake, and would keep a source fresh for ever. */
async function newestRecord({ tables }: Build, now: number): Promise<number | undefined> {
  await using session = await openSession();
  await using records = await relation(tables.records);
  const [row] = await session.query(
    `SELECT epoch_ms(max(_at) FILTER (WHERE epoch_ms(_at) <= ${Math.round(now)})) AS newest FROM ${records.sql} AS r`,
  );
  return row!.newest === null ? undefined : Number(row!.newest);
}

/** Rounded up, so that nothing above a limit is shown as the limit. */
function hours(value: number): string {
  return `${value < 1 ? Number(value.toPrecision(4)) : Math.ceil(value * 100) / 100} hours`;
}
