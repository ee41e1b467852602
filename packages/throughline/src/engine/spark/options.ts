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

export interface FilesOfPattern {
  pattern: string;
  files: SourceFile[];
}

/**
 * Groups of files that one pattern can name: braces hold no escapes, so a name with a special character is alone. Files are named
 * one by one, and of such Spark takes no folder for a column.
 */
export function patterns(files: readonly SourceFile[]): FilesOfPattern[] {
  const isPlain = (file: SourceFile) => globEscaped(pathOf(file)) === pathOf(file);
  const plain = files.filter(isPlain);
  const special = files
    .filter((file) => !isPlain(file))
    .map((file) => ({ pattern: globEscaped(pathOf(file)), files: [file] }));
  if (plain.length === 0) return special;
  return [{ pattern: patternOf(plain.map(pathOf)), files: plain }, ...special];
}

function pathOf({ path }: SourceFile): string {
  return path.replace(/^\//, 'file:/');
}

function patternOf(paths: readonly string[]): string {
  if (paths.length === 1) return paths[0]!;
  const [root, cut] = paths[0]!.startsWith('file:/') ? ['file:/', 'file:/'.length] : ['', 0];
  return `${root}{${paths.map((path) => path.slice(cut)).join(',')}}`;
}
