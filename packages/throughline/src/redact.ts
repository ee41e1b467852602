/** What is secret has no place in a log, however it got into a message. */

/** Names of variables that hold secrets by everybody's habit. */
const SECRET_NAME = /(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$/i;
/** A shorter value may be a word that means something else. */
const LEAST = 8;
const HIDDEN = '***';
/**
 * How names end of what is a secret, such as `sslpassword`, `access_token` or `fs.s3a.secret.key`; how they begin does not matter. In Azure's the name of an
 * account follows.
 */
const SECRET = [
  'password\\d*|passwd|passphrase|secret|token|credentials?|signature|jaas\\.config',
  '(?:secret|private|access|account|api)[._-]?key',
  'azure\\.(?:account\\.key|account\\.oauth2\\.client\\.secret|sas)\\.[\\w.-]{1,100}',
  '(?<=;)pwd|(?<=[?&;])sig',
].join('|');
/** What stands in quotes, to the end of a message that is cut off in the middle of it. */
const IN_QUOTES = String.raw`'(?:\\[^]|''|[^'\\])*(?:'|\\?$)`;
const IN_DOUBLE_QUOTES = IN_QUOTES.replaceAll("'", '"');
/** ODBC: `}}` is a brace in a value. */
const IN_BRACES = String.raw`\{(?:\}\}|[^}])*(?:\}|$)`;
/** `password=...` in an address or in settings of a login, and as SQL has it: `'password' = '...'`. */
const SETTING = new RegExp(
  `((?:${SECRET})(?:['"] ?= ?|=))(?:${IN_DOUBLE_QUOTES}|${IN_QUOTES}|${IN_BRACES}|[^\\s&;'")]+)`,
  'gi',
);
/** An option of a reader, in SQL. */
const OPTION = new RegExp(`((?:${SECRET})') ${IN_QUOTES}`, 'gi');
const IN_JSON = new RegExp(`((?:${SECRET})"\\s?:\\s?)${IN_DOUBLE_QUOTES}`, 'gi');

/**
 * A function that takes out of texts the values of secret variables, as they are and as URLs have them, users and passwords of
 * addresses, what is set as a password, and bearer tokens.
 */
export function openRedaction(env: NodeJS.ProcessEnv): (text: string) => string {
  const values = Object.entries(env)
    .filter(([name, value]) => SECRET_NAME.test(name) && (value?.length ?? 0) >= LEAST)
    .flatMap(([, value]) => [value!, encodeURIComponent(value!)])
    .sort((a, b) => b.length - a.length);
  return (text) =>
    values
      .reduce((left, value) => left.replaceAll(value, HIDDEN), text)
      .replace(/\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@'"]+@/gi, `$1${HIDDEN}@`)
      .replace(OPTION, `$1 '${HIDDEN}'`)
      .replace(IN_JSON, `$1"${HIDDEN}"`)
      .replace(SETTING, `$1${HIDDEN}`)
      .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{20,}/g, `$1 ${HIDDEN}`);
}
