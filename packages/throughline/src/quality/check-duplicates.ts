import { quoteIdentifier } from '@throughline/delta';
import type { Session } from '../engine/local/session.ts';
import { type Found, rounded } from './found.ts';

const SHOWN = 10;

/** Which share of the records has a text that another one has already; nulls are no texts. `sample` has a record of each text that is there most often. */
export async function checkDuplicates(
  { max }: { max: number },
  { session, records, column }: { session: Session; records: string; column: string },
): Promise<Found> {
  // The digest of the text is there already.
  const key = column === '_text' ? '_hash' : quoteIdentifier(column);
  const groups = `SELECT min(_id) AS _id, count(*) AS rows FROM ${records} AS r WHERE ${key} IS NOT NULL GROUP BY ${key}`;
  const [row] = await session.query(
    `SELECT coalesce(sum(rows), 0) AS records, count(*) AS texts FROM (${groups})`,
  );
  const [all, texts] = [Number(row!.records), Number(row!.texts)];
  const observed = all === 0 ? 0 : (all - texts) / all;
  const some =
    all === texts
      ? []
      : await session.query(
          `SELECT _id FROM (${groups}) WHERE rows > 1 ORDER BY rows DESC, _id LIMIT ${SHOWN}`,
        );
  return {
    status: observed <= max ? 'passed' : 'failed',
    ...{ observed: rounded(observed), expected: `a share of at most ${max}` },
    ...(all > texts && { detail: `${all - texts} of ${all} records` }),
    sample: some.map(({ _id }) => String(_id)),
  };
}
