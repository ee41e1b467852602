/** What is secret has no place in a log, however it got into a message. */

/** Names of variables that hold secrets by everybody's habit. */
const SECRET_NAME = /(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)$/i;
/** A shorter value may be a word that means something else. */
const LEAST = 8;
const HIDDEN = '***';
/** After `PWD`: a folder, as the one in which somebody works. */
const IS_FOLDER = String.raw`\\*['"]?\s{0,4}[:=]\s{0,4}\\*['"]?(?:[/~]|[a-z]:[\\/])`;
/**
 * How names end of what is a secret, such as `sslpassword`, `access_token` or `fs.s3a.secret.key`; how they begin does not matter. In Azure's the name of an
 * account follows.
 */
const SECRET = [
  String.raw`password\d*|passwd|passphrase|secret|token|credentials?|signature|jaas\.config`,
  '(?:secret|private|access|account|api)[._-]?key',
  String.raw`azure\.(?:[\w-]+\.){0,4}(?:key|secret|token|password|sas)\.(?![\w.-]{0,100}provider)[\w.-]{1,100}`,
  String.raw`pwd(?!${IS_FOLDER})|(?<=;\s{0,4}|[?&])pwd|(?<=[?&;])sig`,
].join('|');
/** What stands in quotes, to the end of a message that is cut off in the middle of it. */
const IN_QUOTES = String.raw`'(?:\\[^]|''|[^'\\])*(?:'|\\?$)`;
const IN_DOUBLE_QUOTES = IN_QUOTES.replaceAll("'", '"');
/** The same in a text that is quoted itself, as JSON in a string of JSON is: of more backslashes are the quotes within. */
const IN_ESCAPED_QUOTES = String.raw`(?<escaped>\\+['"])(?:(?!(?<!\\)\k<escaped>)[^])*(?:\k<escaped>|$)`;
const QUOTED = `${IN_ESCAPED_QUOTES}|${IN_DOUBLE_QUOTES}|${IN_QUOTES}`;
/** ODBC: `}}` is a brace in a value. */
const IN_BRACES = String.raw`\{(?:\}\}|[^}])*(?:\}|$)`;
const UNQUOTED = String.raw`(?:[^\s&;'")\\]|\\(?!['"]))+`;
/** A number, or what was forgotten to be put in quotes. */
const BARE = String.raw`[^\s,;&'"(){}[\]\\]+`;
/** `'password' 'x'`, an option of a reader in SQL. In double quotes it is one where the next option follows, or the end of them or of the message. */
const OPTION = new RegExp(
  String.raw`((?:${SECRET})(?:'[ \t]{1,4}(?=')|"[ \t]{1,4}(?="[^"]*"\s{0,4}(?:[,)]|$))))(?:${IN_QUOTES}|${IN_DOUBLE_QUOTES})`,
  'gi',
);
/** `'password' = 'x'` of SQL, `"password": "x"` of JSON and of dictionaries in Python. */
const ENTRY = new RegExp(
  String.raw`((?:${SECRET})\\*['"]\s*(?::|=(?!=))\s*)(?:${QUOTED}|(?=\{)(?<==\s*)${IN_BRACES}|${BARE})`,
  'gi',
);
/** `password=...` in an address or in settings of a login. */
const SETTING = new RegExp(
  String.raw`((?:${SECRET})\s{0,4}=(?!=)(?:[ \t]{0,4}|\s*(?=['"])))(?:${QUOTED}|${IN_BRACES}|${UNQUOTED})`,
  'gi',
);

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
      .replace(OPTION, hideValue)
      .replace(ENTRY, hideValue)
      .replace(SETTING, hideValue)
      .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{20,}/g, `$1 ${HIDDEN}`);
}

/** In the quotes of the value, or else in those of its name: so what is around can still be parsed. */
function hideValue(setting: string, name: string): string {
  const [quote] = /^\\*['"]/.exec(setting.slice(name.length)) ?? /\\*['"]/.exec(name) ?? [''];
  return `${name}${quote}${HIDDEN}${quote}`;
}
