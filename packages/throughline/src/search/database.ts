/** A DuckDB database in memory, loaded when it is first needed: most searches need none. */
import type { DuckDBConnection } from '@duckdb/node-api';

export interface Database {
  /** Times are in UTC. */
  connection: DuckDBConnection;
  close(): void;
}

const MEMORY_LIMIT = '512MB';

export async function openDatabase(): Promise<Database> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY_LIMIT,
    autoload_known_extensions: 'false',
    autoinstall_known_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return {
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
