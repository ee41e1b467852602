/** A connection to the database of a source: read-only by its transactions, and with all times in UTC. */
import type { Client } from 'pg';
import { asThroughlineError, type ErrorDetails, EXIT, ThroughlineError } from '../../error.ts';

const CONNECT_MS = 10_000;
/** As texts are written: the same on every server. */
const SETTINGS =
  "SET TIME ZONE 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'iso_8601'; SET bytea_output = 'hex'";

export interface Connection extends AsyncDisposable {
  client: Client;
  /** The result, or an error in the words of the product, which names the server and never the password. */
  run<T>(work: Promise<T>): Promise<T>;
}

/** When aborted what it is asking breaks off, and the server stops its work. */
export async function connect(url: string, signal?: AbortSignal): Promise<Connection> {
  const { Client } = (await import('pg')).default;
  const where = placeOf(url);
  const run = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error) => {
      signal?.throwIfAborted();
      throw sourceError(error, where);
    });
  const client: Client = new Client({
    connectionString: url,
    application_name: 'throughline',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  });
  // What is lost fails the query that is under way.
  client.on('error', () => {});
  const close = () => client.end();
  try {
    await run(client.connect());
    await run(client.query(SETTINGS));
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
  const destroy = () =>
    void (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  signal?.addEventListener('abort', destroy, { once: true });
  return {
    client,
    run,
    async [Symbol.asyncDispose]() {
      signal?.removeEventListener('abort', destroy);
      // Of a connection that is broken nothing is left to end.
      await close().catch(() => {});
    },
  };
}

/** `Postgres at host:port/database`. */
function placeOf(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    // A password with a bare slash would be read as a host and a path.
    if (pathname.includes('@')) throw new Error();
    return `Postgres at ${decodeURIComponent(hostname)}${port ? `:${port}` : ''}${pathname}`;
  } catch {
    throw new ThroughlineError('source.url is no address', {
      code: 'config_invalid',
      exitCode: EXIT.config,
      hint: 'postgres://user:password@host:5432/database; what is not a letter or digit of a password is written as %..',
    });
  }
}

/** By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html), or the code of an error of the operating system. */
const KNOWN: [codes: RegExp, details: ErrorDetails][] = [
  [
    /^(28...|42501)$/,
    {
      code: 'source_refused',
      exitCode: EXIT.permission,
      hint: 'Check user and password in source.url, and whether the user may SELECT from the table.',
    },
  ],
  [
    /^(3D000|42P01|3F000)$/,
    {
      code: 'source_missing',
      exitCode: EXIT.noInput,
      hint: 'Check source.url, source.table and its schema.',
    },
  ],
  [
    /^(42...|22...|25006)$/,
    {
      code: 'source_query',
      exitCode: EXIT.config,
      hint: 'Mend source.query: it is a SELECT, and may not write.',
    },
  ],
];

const UNAVAILABLE: ErrorDetails = {
  code: 'source_unavailable',
  exitCode: EXIT.tryAgain,
  hint: 'Is the server up, and source.url its address? Run again: nothing was published of what it was reading.',
};

function sourceError(error: unknown, where: string): ThroughlineError {
  if (error instanceof ThroughlineError) return error;
  const { message, code = '', path } = error as NodeJS.ErrnoException;
  // Of the copy on the local disk.
  if (path !== undefined) return asThroughlineError(error);
  const details = KNOWN.find(([codes]) => codes.test(code))?.[1] ?? UNAVAILABLE;
  return new ThroughlineError(`${where}: ${message || code || String(error)}`, { ...details, cause: error });
}
