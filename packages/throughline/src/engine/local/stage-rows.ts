/** Staging of rows that are in memory already, in place of a source: the same tables, and chunks that are read the same way. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteIdentifier } from '@throughline/delta';
import type { ChunkRule } from '../../chunk/plan.ts';
import type { Prepared } from '../../run/prepare.ts';
import { FILE_NAME } from '../../source/own-columns.ts';
import type { StagedChunk } from '../engine.ts';
import { assignChunks } from './assign-chunks.ts';
import { filterRows } from './filter-rows.ts';
import { listChunks } from './list-chunks.ts';
import type { Session } from './session.ts';
import { stagedColumns } from './staged-columns.ts';
import { openStagedRows, type StagedRow } from './staged-rows.ts';

/** Of one appended batch of DuckDB. */
const APPENDED_ROWS = 2_048;

/**
 * Leaves the tables `staged` and `rejects` in the session, as `stage` does; `name` is where the rows come from, for messages.
 * `connection` is one of the session's. Until `clearStaged` nothing else can be staged.
 */
export async function stageRows(
  session: Session,
  connection: DuckDBConnection,
  { config, mapping, forgotten }: Pick<Prepared, 'config' | 'mapping' | 'forgotten'>,
  rule: ChunkRule,
  { rows, name }: { rows: readonly Readonly<Record<string, string | null>>[]; name: string },
): Promise<StagedChunk[]> {
  const columns = stagedColumns(config, mapping);
  const staged = await openStagedRows(connection, quoteIdentifier('raw'), [...columns, FILE_NAME]);
  for (let i = 0; i < rows.length; i += APPENDED_ROWS) {
    const some = rows.slice(i, i + APPENDED_ROWS);
    staged.append(
      some.map((row, k): StagedRow => [BigInt(i + k + 1), { ...only(row, columns), [FILE_NAME]: name }]),
    );
  }
  staged.close();
  await session.query(
    'CREATE TABLE rejects (place BIGINT, file VARCHAR, line BIGINT, payload VARCHAR, reason VARCHAR, message VARCHAR)',
  );
  await filterRows(session, config, mapping, forgotten);
  const windows = await assignChunks(session, config, mapping, rule);
  return await listChunks(session, config, mapping, windows);
}

/** Makes room for the next rows. */
export async function clearStaged(session: Session): Promise<void> {
  const tables = await session.query('SELECT table_name AS name FROM duckdb_tables()');
  for (const { name } of tables) await session.query(`DROP TABLE ${quoteIdentifier(String(name))}`);
}

function only(row: Readonly<Record<string, string | null>>, columns: readonly string[]) {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}
