import { quoteLiteral } from '@throughline/delta';
import { type Config, ConfigError } from '../../config/index.ts';
import { type Mapping, mappedColumns } from '../../source/mapping.ts';
import { OWN } from '../../source/own-columns.ts';
import { stagesOf } from '../../transform/index.ts';
import { list, mapperSql, stagedSql, stepsSql } from './chunk-sql.ts';
import type { Session } from './session.ts';
import { stagedColumns } from './staged-columns.ts';

/** Checks the transform against the staged columns. Throws ConfigError with DuckDB's reason. */
export async function checkTransform(session: Session, config: Config, mapping: Mapping): Promise<void> {
  try {
    for (const sql of stageQueries(config, mapping)) await session.query(`DESCRIBE ${sql}`);
  } catch (cause) {
    const reason = (await syntaxError(session, config)) ?? (cause as Error).message.split('\n')[0]!;
    throw new ConfigError(
      'throughline.yaml',
      [{ message: `transform: ${reason}` }],
      'SQL reads the chunk as "input" and gives back the columns of the mapping.',
    );
  }
}

/** A command leaves the mapped columns as they are named; nothing is started. */
function* stageQueries(config: Config, mapping: Mapping): Generator<string> {
  const columns = mappedColumns(mapping);
  let rows = {
    sql: stagedSql(config, mapping, ''),
    columns: stagedColumns(config, mapping) as readonly string[],
  };
  for (const { steps, command } of stagesOf(config.transform)) {
    const made = stepsSql(rows.sql, rows.columns, steps, mapping);
    yield command ? made.sql : mapperSql(made.sql, mapping);
    rows = { sql: `SELECT ${OWN.row}, ${list(columns)} FROM staged WHERE false`, columns };
  }
}

/** What the parser says of the user's SQL by itself: within ours it would stumble at a word that is not the wrong one. */
async function syntaxError(session: Session, config: Config): Promise<string | undefined> {
  for (const step of config.transform) {
    if (!('sql' in step)) continue;
    const [parsed] = await session.query(
      `SELECT t->>'error_type' AS type, t->>'error_message' AS message FROM (SELECT json_serialize_sql(${quoteLiteral(step.sql)}) AS t)`,
    );
    if (parsed!.type === 'parser') return String(parsed!.message);
  }
  return undefined;
}
