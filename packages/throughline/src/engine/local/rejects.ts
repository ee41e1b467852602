/** Lines of the source that are no rows. */
import type { Config } from '../../config/index.ts';
import { OWN } from '../../source/own-columns.ts';
import type { Session } from './session.ts';

/** Makes `rejects`, lines that could not be read as rows with place and reason, and `malformed`, those that the reader refused. */
export async function collectRejects(session: Session, config: Config): Promise<void> {
  const [known] = await session.query(
    "SELECT count(*) AS n FROM duckdb_tables() WHERE table_name = 'reject_errors'",
  );
  const malformed = known!.n
    ? `SELECT coalesce(f.name, s.file_path) AS file, e.line::BIGINT AS line, e.csv_line AS payload,
         lower(replace(min_by(e.error_type::VARCHAR, e.byte_position), ' ', '_')) AS reason,
         min_by(e.error_message, e.byte_position) AS message
       FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id) LEFT JOIN files f ON f.path = s.file_path
       GROUP BY ALL`
    : 'SELECT NULL::VARCHAR AS file, NULL::BIGINT AS line, NULL::VARCHAR AS payload, NULL::VARCHAR AS reason, NULL::VARCHAR AS message WHERE false';
  await session.query(`CREATE TABLE malformed AS ${malformed}`);
  const rejects =
    config.source.type === 'jsonl' ? `FROM malformed UNION ALL (${NOT_JSON})` : 'FROM malformed';
  await session.query(
    `CREATE TABLE rejects AS SELECT row_number() OVER (ORDER BY file, line, payload) AS place, * FROM (${rejects})`,
  );
}

/**
 * Lines that are not JSON objects. The line of the p-th row that was read is p and the number of malformed lines before
 * it, which were left out: of those in order, the i-th is before it if its line less i is below p.
 */
const NOT_JSON = `
  WITH skipped AS (SELECT file, line - row_number() OVER (PARTITION BY file ORDER BY line) AS before FROM malformed)
  SELECT file, p + (SELECT count(*) FROM skipped WHERE skipped.file = bad.file AND skipped.before < bad.p) AS line,
    payload, 'bad_json' AS reason, 'the line is not a JSON object' AS message
  FROM (
    SELECT f.name AS file, r.${OWN.row} - b.first + 1 AS p, r.${OWN.raw} AS payload
    FROM read r JOIN files f ON f.path = r.${OWN.file}
    JOIN (SELECT ${OWN.file}, min(${OWN.row}) AS first FROM read GROUP BY ALL) b ON b.${OWN.file} = r.${OWN.file}
    WHERE r.${OWN.raw} <> ''
  ) AS bad`;
