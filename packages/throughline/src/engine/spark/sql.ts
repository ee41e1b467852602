/**
 * Texts and names in Spark's SQL. Two things change a text that stands between quotes: escapes, whose rules a
 * setting of the session turns over, and variables, whose `${...}` Spark replaces before it parses, everywhere.
 */

/** Settings of a session in which every `sparkName` means itself. `sparkString` needs none. */
export const SQL_SETTINGS = { 'spark.sql.variable.substitute': 'false' } as const;

/**
 * A constant expression for any well-formed text, whatever the session's settings are. It is a plain literal,
 * also where the grammar takes nothing else, unless the text has a quote, a backslash, `${` or a control character.
 */
export function sparkString(text: string): string {
  if (!MEANS_MORE.test(wellFormed(text))) return `'${text}'`;
  return `CAST(X'${Buffer.from(text, 'utf8').toString('hex')}' AS STRING)`;
}

const MEANS_MORE = /['\\\p{Cc}]|\$\{/u;

/**
 * A name in backticks, whatever characters it holds; under the SQL_SETTINGS, because nothing in backticks can keep
 * `${x}` from being replaced. Names that differ in case alone are two only with `spark.sql.caseSensitive`.
 */
export function sparkName(name: string): string {
  return `\`${wellFormed(name).replaceAll('`', '``')}\``;
}

function wellFormed(text: string): string {
  if (!text.isWellFormed()) throw new TypeError('SQL text cannot hold half of a surrogate pair.');
  return text;
}
