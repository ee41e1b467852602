/** One DuckDB database in a temporary folder: staging spills to disk, so memory does not grow with the source. */
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { makeOwnedFolder } from '../../owned-folder.ts';

export interface Session extends AsyncDisposable {
  /** For files that live as long as the session. */
  readonly directory: string;
  /** A connection of its own, for work that is under way while others query; closed with the session. */
  connect(): Promise<DuckDBConnection>;
  /** Allows so many bytes beside the usual limit. */
  reserve(bytes: number): Promise<void>;
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Batches of at most 2,048 rows as they come; values as JavaScript's: strings, bigints, numbers, null. */
  stream(sql: string): AsyncGenerator<unknown[][]>;
}

const MEMORY_LIMIT_MB = 1_000;

export async function openSession(): Promise<Session> {
  const directory = await makeOwnedFolder(tmpdir(), 'throughline-session-');
  const instance = await DuckDBInstance.create(join(directory, 'staging.duckdb'), {
    memory_limit: `${MEMORY_LIMIT_MB}MB`,
    temp_directory: join(directory, 'spill'),
    preserve_insertion_order: 'true',
    autoload_known_extensions: 'false',
    autoinstall_known_extensions: 'false',
  });
  const connections: DuckDBConnection[] = [];
  const connect = async () => {
    const opened = await connectInUtc(instance);
    connections.push(opened);
    return opened;
  };
  const connection = await connect();
  return {
    directory,
    connect,
    async reserve(bytes) {
      await connection.run(`SET memory_limit = '${MEMORY_LIMIT_MB + Math.ceil(bytes / 1e6)}MB'`);
    },
    query: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS(),
    async *stream(sql) {
      // A connection of its own: a stream stays open while other statements run.
      const own = await connectInUtc(instance);
      try {
        const result = await own.stream(sql);
        for (
          let chunk = await result.fetchChunk();
          chunk && chunk.rowCount > 0;
          chunk = await result.fetchChunk()
        ) {
          yield chunk.getRows();
        }
      } finally {
        own.closeSync();
      }
    },
    async [Symbol.asyncDispose]() {
      for (const opened of connections) opened.closeSync();
      instance.closeSync();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A setting of the connection: without it times are read in the zone of this machine. */
async function connectInUtc(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}
