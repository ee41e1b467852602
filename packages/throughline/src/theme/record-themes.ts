/** The theme of each record: the one that most of its passages vote for. */
import { openTable, relation } from '@throughline/delta';
import { openSession } from '../engine/local/session.ts';
import { NOISE } from './noise.ts';
import { recordThemesSchema } from './schemas.ts';
import { streamTable } from './write-table.ts';

/**
 * A passage's vote weighs its score times its tokens: a sentence that is left over at the end decides less than a paragraph. Ties go to
 * the lower id. A record that is in two chunks votes with the passages of both. Noise and passages without a theme only count where a record has nothing else. Memory: DuckDB's, which spills to disk.
 */
export async function writeRecordThemes(
  root: string,
  assignmentsRoot: string,
  clock: () => number,
): Promise<void> {
  await using session = await openSession();
  await using assignments = await relation(await openTable(assignmentsRoot));
  const rank = `CASE WHEN _theme IS NULL THEN 2 WHEN _theme = '${NOISE}' THEN 1 ELSE 0 END`;
  const sql = `
    WITH votes AS (
      SELECT _id, _theme, sum(_score::DOUBLE * greatest(_tokens, 1)) AS votes, count(*) AS passages
      FROM ${assignments.sql} GROUP BY _id, _theme
    )
    SELECT _id, _theme, coalesce(votes / nullif(sum(votes) OVER (PARTITION BY _id), 0), 0) AS share,
      (sum(passages) OVER (PARTITION BY _id))::BIGINT AS passages
    FROM votes QUALIFY row_number() OVER (PARTITION BY _id ORDER BY ${rank}, votes DESC, _theme) = 1 ORDER BY _id`;
  const batches = async function* () {
    for await (const rows of session.stream(sql)) {
      const column = <T>(i: number) => rows.map((row) => row[i] as T);
      const columns = {
        _id: column<string>(0),
        _theme: column<string | null>(1),
        _share: column<number>(2),
        _passages: column<bigint>(3),
      };
      yield { rows: rows.length, columns };
    }
  };
  await streamTable(root, recordThemesSchema, 'record_themes', batches(), clock);
}
