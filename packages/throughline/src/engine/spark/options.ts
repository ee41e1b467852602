/** Texts where Spark's grammar takes nothing but a literal, and paths in patterns of Hadoop's. */
import type { SourceFile } from '../../source/files.ts';

/** An option's value, under the settings that `cluster.ts` gives a session. */
export function optionText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** What means something in a pattern of Hadoop's means itself. */
export function globEscaped(path: string): string {
  return path.replace(/[\\*?[\]{},^]/g, '\\$&');
}

/** Groups of files that one pattern can name: braces hold no escapes, so a name with a special character is alone. */
export function patterns(files: readonly SourceFile[]): string[] {
  const paths = files.map(({ path }) => path.replace(/^\//, 'file:/'));
  const isPlain = (path: string) => globEscaped(path) === path;
  const plain = paths.filter(isPlain);
  const special = paths.filter((path) => !isPlain(path)).map(globEscaped);
  if (plain.length < 2) return [...plain, ...special];
  const [root, cut] = plain[0]!.startsWith('file:/') ? ['file:/', 'file:/'.length] : ['', 0];
  return [`${root}{${plain.map((path) => path.slice(cut)).join(',')}}`, ...special];
}
