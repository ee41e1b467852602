/** What is secret has no place in a log, however it got into a message. */

/** Names of variables that hold secrets by everybody's habit. */
const SECRET_NAME = /(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$/i;
/** A shorter value may be a word that means something else. */
const LEAST = 8;
const HIDDEN = '***';
/** `password=...` in an address or in settings of a login, and an option of a reader in SQL. */
const SETTING = /\b(password|passwd|secret|token)=("[^"]*"|'[^']*'|[^\s&;,'")]+)/gi;
const OPTION = /('[\w.]*(?:password|passwd|secret|token|jaas\.config)') '(?:\\.|[^'\\])*'/gi;

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
      .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+@/gi, `$1${HIDDEN}@`)
      .replace(OPTION, `$1 '${HIDDEN}'`)
      .replace(SETTING, `$1=${HIDDEN}`)
      .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{20,}/g, `$1 ${HIDDEN}`);
}
