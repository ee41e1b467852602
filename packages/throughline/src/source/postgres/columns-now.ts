import type { SourceConfig } from '../../config/index.ts';
import type { SourceColumn } from '../source-columns.ts';
import { connect } from './connect.ts';
import { databaseSource } from './database-source.ts';

/** A table may be locked for hours: checks and index wait for it no longer. */
const LIMIT_COLUMNS = "SET statement_timeout = '30s'";

/** The columns of a table, view or SELECT as it is now. By a connection of its own: that of the stream may be in the middle of a look. */
export async function columnsNow(source: SourceConfig, signal?: AbortSignal): Promise<SourceColumn[]> {
  await using connection = await connect(source.url!, signal);
  await connection.run(connection.client.query(LIMIT_COLUMNS));
  return (await databaseSource(connection, source)).columns;
}
