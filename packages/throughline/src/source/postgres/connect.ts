/** A connection to the database of a source: read-only by its transactions, and with all times in UTC. */
import type { Client } from 'pg';
import { type ErrorDetails, EXIT, ThroughlineError } from '../../error.ts';

const CONNECT_MS = 10_000;
/** As texts are written: the same on every server. */
const SETTINGS =
  "SET TIME ZONE 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'iso_8601'; SET bytea_output = 'hex'";

export interface Connection extends AsyncDisposable {
  client: Client;
  /** The result, or an error in the words of the product, which names the server and never the password. */
  run<T>(work: Promise<T>): Promise<T>;
}

export async function connect(url: string): Promise<Connection> {
  const { Client } = (await import('pg')).default;
  const where = placeOf(url);
  const run = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error) => {
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
  await run(client.connect());
  await run(client.query(SETTINGS));
  return { client, run, [Symbol.asyncDispose]: () => client.end() };
}

/** `Postgres at host:port/database`. */
function placeOf(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
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
  const { message, code = '' } = error as Error & { code?: string };
  const details = KNOWN.find(([codes]) => codes.test(code))?.[1] ?? UNAVAILABLE;
  return new ThroughlineError(`${where}: ${message || code || String(error)}`, { ...details, cause: error });
}
