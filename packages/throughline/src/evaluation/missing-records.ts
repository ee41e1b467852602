import { relation } from '@throughline/delta';
import { openSession } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import { existingBuild } from '../lake/build.ts';
import type { Lake } from '../lake/lake.ts';
import type { JudgedQuery, JudgementSet } from './judgements.ts';

export interface Missing {
  /** Relevant records that the lake does not have. */
  records: number;
  /** Queries that nothing relevant is there for: they count as 0. */
  queries: number;
  /** Some of the ids. */
  examples: string[];
}

const EXAMPLES = 5;
/** Ids that one statement names. */
const BATCH = 10_000;

/**
 * What the judgements speak of and the build's records do not have. Throws with exit code 65 if that is everything: then
 * they are of other data. Memory: the ids of the relevant records.
 */
export async function missingRecords(
  lake: Lake,
  build: string,
  { directory, queries }: Pick<JudgementSet, 'directory' | 'queries'>,
): Promise<Missing> {
  const wanted = new Set(queries.flatMap(({ relevant }) => [...relevant.keys()]));
  const there = await recordsAmong(lake, build, [...wanted]);
  const missing = new Set([...wanted].filter((id) => !there.has(id)));
  if (missing.size < wanted.size) return describe(queries, missing);
  throw new ThroughlineError(
    `none of the ${wanted.size} relevant records of ${directory} is in ${lake.root}`,
    {
      code: 'judgements_of_others',
      exitCode: EXIT.badData,
      hint: `The second column of qrels.tsv holds ids of records, such as those that a search shows; it begins with ${JSON.stringify([...wanted][0])}.`,
    },
  );
}

function describe(queries: readonly JudgedQuery[], missing: ReadonlySet<string>): Missing {
  const without = queries.filter(({ relevant }) => [...relevant.keys()].every((id) => missing.has(id)));
  return { records: missing.size, queries: without.length, examples: [...missing].slice(0, EXAMPLES) };
}

async function recordsAmong(lake: Lake, build: string, ids: readonly string[]): Promise<Set<string>> {
  const { tables } = await existingBuild(lake, build);
  await using session = await openSession();
  const there = new Set<string>();
  for (let start = 0; start < ids.length; start += BATCH) {
    const values = ids.slice(start, start + BATCH);
    await using rows = await relation(tables.records, { where: [{ column: '_id', op: 'in', values }] });
    for (const { _id } of await session.query(`SELECT DISTINCT _id FROM ${rows.sql}`)) there.add(String(_id));
  }
  return there;
}
