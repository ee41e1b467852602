/** What is secret has no place in a log, however it got into a message. */

/** Names of variables that hold secrets by everybody's habit. */
const SECRET_NAME = /(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$/i;
/** A shorter value may be a word that means something else. */
const LEAST = 8;
const HIDDEN = '***';
/** How names end of what is a secret, such as `sslpassword`, `access_token` or `fs.s3a.secret.key`. */
const SECRET =
  '(?:password|passwd|secret|token|credentials?|(?:secret|private|access|account|api)[._-]?key|jaas\\.config)';
/** `password=...` in an address or in settings of a login, and an option of a reader in SQL. Messages may be cut off in the middle of one. */
const SETTING = new RegExp(
  `(?<![\\w.-])([\\w.-]{0,60}${SECRET})=("[^"]*(?:"|$)|'[^']*(?:'|$)|\\{[^}]*(?:\\}|$)|[^\\s&;'")]+)`,
  'gi',
);
const OPTION = new RegExp(`('[\\w.-]{0,60}${SECRET}') '(?:\\\\.|[^'\\\\])*(?:'|$)`, 'gi');

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
      .replace(SETTING, `$1=${HIDDEN}`)
      .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{20,}/g, `$1 ${HIDDEN}`);
}
