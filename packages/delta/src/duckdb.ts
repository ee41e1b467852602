import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TextDecoder } from 'node:util';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/**
 * node-api reads text with a decoder that drops a U+FEFF at the beginning: a value that is another one afterwards. It
 * has no setting for it, so its decoder is replaced by one that keeps what is there.
 */
const accessors = createRequire(import.meta.url)('@duckdb/node-api/lib/vectors/dataAccessors.js') as {
  textDecoder: TextDecoder;
};
accessors.textDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Room for the rows of one file and a row group per thread; what is beyond waits in the temporary folder. */
const MEMORY_LIMIT = '512MB';

export interface Session {
  connection: DuckDBConnection;
  close(): Promise<void>;
}

/**
 * A connection to work with: the caller's own, which stays open, or one of a new in-memory instance with
 * bounded memory, times in UTC, and no network (extensions are neither downloaded nor loaded on their own).
 */
export async function openSession(connection?: DuckDBConnection): Promise<Session> {
  if (connection !== undefined) return { connection, close: async () => {} };
  const temporary = join(tmpdir(), `throughline-delta-${randomUUID()}`);
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY_LIMIT,
    temp_directory: temporary,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const own = await instance.connect();
  await own.run("SET TimeZone = 'UTC'");
  return {
    connection: own,
    close: async () => {
      own.closeSync();
      instance.closeSync();
      await rm(temporary, { recursive: true, force: true });
    },
  };
}

/**
 * Runs `work` with a session that is closed afterwards, whatever happens. Where many small files are read and written `oneThread` takes half
 * the time of the processor that several take.
 */
export async function withSession<T>(
  connection: DuckDBConnection | undefined,
  work: (connection: DuckDBConnection) => Promise<T>,
  { oneThread = false }: { oneThread?: boolean } = {},
): Promise<T> {
  const session = await openSession(connection);
  try {
    if (oneThread) await session.connection.run('SET threads = 1');
    return await work(session.connection);
  } finally {
    await session.close();
  }
}
