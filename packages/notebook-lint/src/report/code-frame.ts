import type { Finding } from '../finding.ts';

const MAX_WIDTH = 160;

/** Lines of a cell round a finding, numbered, with a mark under what it is about. */
export function codeFrame(lines: readonly string[], finding: Finding, around: number): string[] {
  const from = Math.max(1, finding.line - around);
  const to = Math.min(lines.length, finding.line + around);
  const width = String(to).length;
  const frame: string[] = [];
  for (let at = from; at <= to; at++) {
    const text = lines[at - 1]!;
    const mark = at === finding.line ? '>' : ' ';
    frame.push(`${mark} ${String(at).padStart(width)} | ${shortened(text)}`.trimEnd());
    if (at === finding.line) frame.push(`  ${' '.repeat(width)} | ${underline(text, finding)}`.trimEnd());
  }
  return frame;
}

function shortened(text: string): string {
  return text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH - 3)}...` : text;
}

/** Tabs stay tabs, so that the mark stands under its text. */
function underline(text: string, { column, endColumn, line, endLine }: Finding): string {
  const whole = column === 1 && endColumn === 1;
  const start = whole ? text.length - text.trimStart().length : column - 1;
  const end = Math.min(whole || endLine > line ? text.length : endColumn - 1, MAX_WIDTH);
  if (start >= MAX_WIDTH) return '';
  return text.slice(0, start).replace(/[^\t]/g, ' ') + '^'.repeat(Math.max(1, end - start));
}
