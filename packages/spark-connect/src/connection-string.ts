import { ConnectionStringError } from './errors.ts';

/** Where a Spark Connect server is, and how to talk to it. */
export interface Connection {
  host: string;
  port: number;
  /** TLS, or plain text. */
  tls: boolean;
  /** Sent as a bearer token. */
  token?: string;
  userId?: string;
  /** A UUID: the session to join or to begin. */
  sessionId?: string;
  userAgent?: string;
  /** Sent with every request, as some services want it: `x-databricks-cluster-id`. */
  headers: Record<string, string>;
}

const DEFAULT_PORT = 15002;

/**
 * Reads `sc://host:port/;key=value;...`, as Spark's other clients write it. Keys: `token`, `use_ssl`, `user_id`,
 * `session_id`, `user_agent`, and any that begins with `x-`, which is a header; values are percent-encoded.
 * Anything else throws ConnectionStringError: a word that is not understood might have been the one that mattered.
 * `token`, if given, goes before the one in the string. A token is sent in plain text only to this machine; to any other host it means TLS.
 */
export function parseConnectionString(text: string, token?: string): Connection {
  const parts = /^sc:\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+)(?::(\d{1,5}))?(?:\/(.*))?$/s.exec(text);
  if (parts === null) throw new ConnectionStringError('it does not have the form sc://host:port/;key=value');
  const [, host = '', port, rest = ''] = parts;
  const { use_ssl, ...parsed } = parseParameters(rest);
  const values: Record<string, string> = { ...parsed, ...(token !== undefined && { token }) };
  const connection = {
    host,
    port: parsePort(port),
    tls: parseTls(use_ssl, values.token !== undefined, host),
    headers: Object.fromEntries(Object.entries(values).filter(([key]) => isHeader(key))),
  };
  return {
    ...connection,
    ...(values.token !== undefined && { token: values.token }),
    ...(values.user_id !== undefined && { userId: values.user_id }),
    ...(values.session_id !== undefined && { sessionId: parseUuid(values.session_id) }),
    ...(values.user_agent !== undefined && { userAgent: values.user_agent }),
  };
}

/** A session id as the protocol wants it; throws ConnectionStringError if it is no UUID. */
export function parseUuid(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toLowerCase();
  throw new ConnectionStringError(`session_id is not a UUID: ${text}`);
}

const KEYS = ['token', 'use_ssl', 'user_id', 'session_id', 'user_agent'];

function parseParameters(text: string): Record<string, string> {
  if (text === '') return {};
  if (!text.startsWith(';')) throw new ConnectionStringError('what follows the port begins with "/;"');
  const values = new Map<string, string>();
  for (const pair of text.slice(1).split(';')) {
    if (pair === '') continue;
    const [key, value] = parsePair(pair);
    if (values.has(key)) throw new ConnectionStringError(`${key} is given twice`);
    values.set(key, value);
  }
  return Object.fromEntries(values);
}

/** Messages name the key only: the value may be a token. */
function parsePair(pair: string): [string, string] {
  const equals = pair.indexOf('=');
  const key = equals < 0 ? pair : pair.slice(0, equals);
  if (!KEYS.includes(key) && !isHeader(key)) {
    throw new ConnectionStringError(`it knows no ${JSON.stringify(key)}, only ${KEYS.join(', ')} and x-...`);
  }
  const value = equals < 0 ? '' : decode(key, pair.slice(equals + 1));
  if (value === '') throw new ConnectionStringError(`${key} has no value`);
  return [key, value];
}

function isHeader(key: string): boolean {
  return /^x-[a-z0-9-]+$/.test(key);
}

function decode(key: string, value: string): string {
  const decoded = tryDecode(value);
  if (decoded === undefined) throw new ConnectionStringError(`${key} is not percent-encoded`);
  const sentAsHeader = key === 'token' || isHeader(key);
  if (sentAsHeader && /[^\x20-\x7e]/.test(decoded))
    throw new ConnectionStringError(`${key} is not printable ASCII`);
  return decoded;
}

function tryDecode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

function parsePort(port: string | undefined): number {
  if (port === undefined) return DEFAULT_PORT;
  const number = Number(port);
  if (number < 1 || number > 65_535) throw new ConnectionStringError(`${port} is not a port`);
  return number;
}

function parseTls(useSsl: string | undefined, hasToken: boolean, host: string): boolean {
  if (useSsl !== undefined && useSsl !== 'true' && useSsl !== 'false') {
    throw new ConnectionStringError('use_ssl is true or false');
  }
  const exposed = hasToken && !isThisMachine(host);
  if (exposed && useSsl === 'false') {
    throw new ConnectionStringError('a token would be sent in plain text: leave out use_ssl=false');
  }
  return useSsl === 'true' || exposed;
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
