/** Judgements out of what people have said of hits. */
import { relation } from '@throughline/delta';
import { openSession } from '../engine/local/session.ts';
import { EXIT, ThroughlineError } from '../error.ts';
import type { Lake } from '../lake/lake.ts';
import { lakePath } from '../lake/lake-path.ts';
import { tableIfThere } from '../lake/table-if-there.ts';
import { refuseOverwriting, writeJudgements } from './write-judgements.ts';

export interface FeedbackJudgements {
  out: string;
  queries: number;
  /** Pairs of a query and a record that answers it. */
  relevant: number;
  /** Queries of which nothing was said to be relevant. */
  withoutRelevant: number;
}

/**
 * A record answers a query where more people say so than say no; of one person the newest verdict counts. Queries are equal but for
 * case and white space. Throws with exit code 66 where nobody has said anything, 73 where the folder has judgements. Memory: the
 * judgements.
 */
export async function judgementsOfFeedback(lake: Lake, out: string): Promise<FeedbackJudgements> {
  await refuseOverwriting(out);
  const table = await tableIfThere(lakePath(lake.root, 'feedback'));
  if (!table) throw noFeedback(lake);
  await using session = await openSession();
  await using said = await relation(table);
  const rows = await session.query(
    `WITH newest AS (
       SELECT lower(regexp_replace(trim(query), '\\s+', ' ', 'g')) AS key, record, "by",
         arg_max(verdict, ("at", id)) AS verdict, min(query) AS query
       FROM ${said.sql} GROUP BY 1, 2, 3),
     judged AS (
       SELECT key, record, min(query) AS query, sum(CASE verdict WHEN 'up' THEN 1 ELSE -1 END) > 0 AS relevant
       FROM newest GROUP BY 1, 2)
     SELECT min(query) AS query, list(record ORDER BY record) FILTER (WHERE relevant) AS records
     FROM judged GROUP BY key ORDER BY key`,
  );
  const queries = rows.map(({ query, records }) => ({
    text: String(query),
    recordIds: ((records as string[] | null) ?? []).map(String),
  }));
  const relevant = queries.filter(({ recordIds }) => recordIds.length > 0);
  await writeJudgements(out, relevant);
  return {
    out,
    queries: relevant.length,
    relevant: relevant.reduce((sum, { recordIds }) => sum + recordIds.length, 0),
    withoutRelevant: queries.length - relevant.length,
  };
}

function noFeedback({ root }: Lake): ThroughlineError {
  return new ThroughlineError(`nobody has said anything of the hits of ${root} yet`, {
    code: 'feedback_missing',
    exitCode: EXIT.noInput,
    hint: 'People do so on the page of throughline serve, and programs by POST /v1/feedback.',
  });
}
