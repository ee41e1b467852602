import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
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

/** To make one takes some 25 ms of the processor, often more than what is asked of it. */
interface Instance {
  readonly database: DuckDBInstance;
  /** Is there once something did not fit into memory. */
  readonly temporary: string;
}

/** Instances that nobody uses, for whoever needs one next. TEMP tables go with their connection, and the number of threads is set back: nothing else may be made or set. */
const idle: Instance[] = [];
const MOST_IDLE = 2;

export interface Session {
  connection: DuckDBConnection;
  /** Once more, it does nothing. */
  close(): Promise<void>;
}

/**
 * A connection to work with: the caller's own, which stays open, or one of an in-memory instance that nobody else has, with
 * bounded memory, times in UTC, and no network (extensions are neither downloaded nor loaded on their own). What it creates must be TEMP.
 */
export async function openSession(
  connection?: DuckDBConnection,
  { oneThread = false }: SessionOptions = {},
): Promise<Session> {
  if (connection !== undefined) return { connection, close: async () => {} };
  const instance = idle.pop() ?? (await createInstance());
  const own = await connect(instance, oneThread);
  let closing: Promise<void> | undefined;
  return { connection: own, close: () => (closing ??= giveBack(instance, own)) };
}

async function connect(instance: Instance, oneThread: boolean): Promise<DuckDBConnection> {
  try {
    const own = await instance.database.connect();
    await own.run("SET TimeZone = 'UTC'");
    if (oneThread) await own.run('SET threads = 1');
    return own;
  } catch (error) {
    await closeInstance(instance);
    throw error;
  }
}

async function giveBack(instance: Instance, own: DuckDBConnection): Promise<void> {
  // A setting of the instance. One that an error has made useless refuses this too.
  const sound = await own.run('RESET threads').then(
    () => true,
    () => false,
  );
  own.closeSync();
  // Its folder is removed with it: one that was used is not kept.
  if (sound && idle.length < MOST_IDLE && !existsSync(instance.temporary)) idle.push(instance);
  else await closeInstance(instance);
}

async function createInstance(): Promise<Instance> {
  const temporary = join(tmpdir(), `throughline-delta-${randomUUID()}`);
  const database = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY_LIMIT,
    temp_directory: temporary,
    // What was read of a file would stay in memory for as long as the instance.
    enable_external_file_cache: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  return { database, temporary };
}

async function closeInstance({ database, temporary }: Instance): Promise<void> {
  database.closeSync();
  await rm(temporary, { recursive: true, force: true });
}

export interface SessionOptions {
  /** Where many small files are read and written, half the time of the processor that several take. */
  oneThread?: boolean;
}

/** Runs `work` with a session that is closed afterwards, whatever happens. */
export async function withSession<T>(
  connection: DuckDBConnection | undefined,
  work: (connection: DuckDBConnection) => Promise<T>,
  options: SessionOptions = {},
): Promise<T> {
  const session = await openSession(connection, options);
  try {
    return await work(session.connection);
  } finally {
    await session.close();
  }
}
