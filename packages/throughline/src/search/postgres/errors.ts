/** What Postgres and the way to it say, in the words of the product. */
import { type ErrorDetails, EXIT, ThroughlineError } from '../../error.ts';

/** `where`: the server and database, without a password. */
export function postgresError(error: unknown, where: string): ThroughlineError {
  if (error instanceof ThroughlineError) return error;
  const { message, code = '' } = error as Error & { code?: string };
  const known = KNOWN.find(({ codes, says }) => codes.test(code) && (says?.test(message) ?? true));
  // Of several addresses that were tried, the error has codes alone.
  const said = message || code || String(error);
  if (!known) return new ThroughlineError(`${where}: ${said}`, { ...FAILED, cause: error });
  return new ThroughlineError(`${where}: ${said}`, { ...known.details, cause: error });
}

const FAILED: ErrorDetails = { code: 'postgres_failed', exitCode: EXIT.internal };

interface Known {
  /** SQLSTATE, or the code of an error of the operating system. */
  codes: RegExp;
  says?: RegExp;
  details: ErrorDetails;
}

const UNAVAILABLE: ErrorDetails = {
  code: 'postgres_unavailable',
  exitCode: EXIT.tryAgain,
  hint: 'Is the server up, and index.store its address? Run again: the tables of the lake are complete.',
};

const KNOWN: Known[] = [
  {
    codes: /^(28...|42501)$/,
    details: {
      code: 'postgres_refused',
      exitCode: EXIT.permission,
      hint: 'Check user and password in index.store, and what the user may do: it needs CREATE on the database or on the schema.',
    },
  },
  {
    codes: /^(3D000|3F000)$/,
    details: {
      code: 'postgres_missing',
      exitCode: EXIT.config,
      hint: 'Make the database, or name another in index.store.',
    },
  },
  {
    codes: /^(58P01|0A000|42704|42883)$/,
    says: /vector|halfvec|"<#>"|hnsw/,
    details: {
      code: 'pgvector_missing',
      exitCode: EXIT.unavailable,
      hint: 'Install pgvector on the server (0.7 or newer for vectors of more than 2,000 numbers), and let a user who may do it say: CREATE EXTENSION vector',
    },
  },
  {
    codes: /^(42P01|42703)$/,
    details: {
      code: 'index_missing',
      exitCode: EXIT.noInput,
      hint: 'Its tables were removed: open the promoted index anew. If that is it, build it again: throughline run',
    },
  },
  {
    codes: /^(53100|25006)$/,
    details: {
      code: 'postgres_full',
      exitCode: EXIT.cannotWrite,
      hint: 'Free some space there, or let it write: the tables of the lake are complete, and the old index still serves.',
    },
  },
  {
    codes: /^54000$/,
    details: {
      code: 'postgres_limit',
      exitCode: EXIT.badData,
      hint: 'A value of the data is larger than Postgres can keep: shorten it in the source, or keep the index in files (index.store: zvec).',
    },
  },
  {
    codes: /^(|SELF_SIGNED.*|DEPTH_ZERO.*|UNABLE_TO.*|CERT_.*|ERR_TLS.*)$/,
    says: /SSL|TLS|certificate|signed/i,
    details: {
      code: 'postgres_tls',
      exitCode: EXIT.config,
      hint: 'Say in the address how to connect: sslmode=verify-full, sslrootcert=FILE, or sslmode=disable.',
    },
  },
  {
    codes:
      /^(E(CONNREFUSED|NOTFOUND|AI_AGAIN|TIMEDOUT|HOSTUNREACH|CONNRESET|PIPE)|ENOENT|08...|57P0[1235]|57014|55P03|40001|40P01|25P03|53200|53300)$/,
    details: UNAVAILABLE,
  },
  { codes: /^$/, says: /terminated|timeout|closed|ended|not queryable/i, details: UNAVAILABLE },
];
