/** A connection to Postgres: the only place that knows its client. */
import type { Pool, PoolClient } from 'pg';
import { EXIT, ThroughlineError } from '../../error.ts';
import { postgresError } from './errors.ts';

/** Values are bound: none becomes a part of the statement. */
export type Query = <Row = Record<string, unknown>>(
  sql: string,
  values?: readonly unknown[],
) => Promise<Row[]>;

export interface Database extends AsyncDisposable {
  query: Query;
  /** What `work` says is done as a whole, or not at all. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
}

/** Both sides of a question, of a base and of its tail. */
const CONNECTIONS = 4;
const CONNECT_MS = 10_000;
const IDLE_MS = 30_000;

/**
 * Of every session. The extension may be in any schema; where it is not there, the first type of it says so. Its older versions have no
 * iterative scans, and pass that setting over. Compiling a query takes longer than ours. A server that is not on Linux may not be able to
 * look whether its client is still there.
 */
const SETTINGS = `SELECT
  set_config('search_path', coalesce((SELECT quote_ident(nspname) FROM pg_extension e
    JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'vector'), current_setting('search_path')), false),
  set_config('jit', 'off', false),
  set_config('work_mem', '64MB', false),
  CASE WHEN version() LIKE '%linux%' THEN set_config('client_connection_check_interval', '5s', false) END,
  set_config('hnsw.ef_search', '400', false),
  set_config('hnsw.iterative_scan', 'relaxed_order', false)`;

/** Connects with the first query. All errors are ThroughlineErrors that name the server, and never the password. */
export async function openDatabase(url: string): Promise<Database> {
  const { Pool } = (await import('pg')).default;
  const where = placeOf(url);
  const pool: Pool = new Pool({
    connectionString: url,
    application_name: 'throughline',
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    max: CONNECTIONS,
    onConnect: async (client) => void (await client.query(SETTINGS)),
  });
  // Of a connection that nobody uses at this moment: the next query gets another.
  pool.on('error', ignored);
  const named = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error) => {
      throw postgresError(error, where);
    });
  const queryOf =
    (on: Pool | PoolClient): Query =>
    async <Row>(sql: string, values: readonly unknown[] = []) =>
      (await named(on.query(sql, [...values]))).rows as Row[];
  return {
    query: queryOf(pool),
    async transaction(work) {
      const client = await named(pool.connect());
      // The pool looks after those alone that nobody uses. What is lost fails the next query.
      client.on('error', ignored);
      const release = (isBroken: boolean) => {
        client.release(isBroken);
        client.off('error', ignored);
      };
      const query = queryOf(client);
      try {
        await query('BEGIN');
        const result = await work(query);
        await query('COMMIT');
        release(false);
        return result;
      } catch (error) {
        // Closed, it is rolled back, whatever state it is in.
        release(true);
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

const ignored = () => {};

/** `Postgres at host:port/database`. */
function placeOf(url: string): string {
  try {
    const { hostname, port, pathname, searchParams } = new URL(url);
    const host = searchParams.get('host') ?? (decodeURIComponent(hostname) || 'the host of PGHOST');
    return `Postgres at ${host}${port ? `:${port}` : ''}${pathname}`;
  } catch {
    throw new ThroughlineError('index.store.pgvector is no address', {
      code: 'config_invalid',
      exitCode: EXIT.config,
      hint: 'postgres://user:password@host:5432/database; what is not a letter or digit of a password is written as %..',
    });
  }
}
