import type { Finding } from '../finding.ts';

/** The lines of a cell with the secrets that were found in it struck out: reports are passed on. */
export function redactedLines(source: string, findings: readonly Finding[]): string[] {
  const lines = source.split('\n');
  for (const { rule, line, endLine, column, endColumn } of findings) {
    if (rule !== 'hardcoded-secret') continue;
    for (let at = line; at <= Math.min(endLine, lines.length); at++) {
      const text = lines[at - 1]!;
      const start = at === line ? column - 1 : 0;
      // A finding without columns is about the whole line.
      const end = at === endLine && endColumn > column ? endColumn - 1 : text.length;
      lines[at - 1] = text.slice(0, start) + '*'.repeat(Math.max(0, end - start)) + text.slice(end);
    }
  }
  return lines;
}
