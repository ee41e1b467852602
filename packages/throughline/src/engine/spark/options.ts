/** Texts where Spark's grammar takes nothing but a literal, and paths that are no patterns. */

/** An option's value, under the settings that `cluster.ts` gives a session. */
export function optionText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** What means something in a pattern of Hadoop's means itself. */
export function globEscaped(path: string): string {
  return path.replace(/[\\*?[\]{},^]/g, '\\$&');
}
