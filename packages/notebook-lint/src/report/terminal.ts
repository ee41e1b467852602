import type { Finding } from '../finding.ts';
import { codeFrame } from './code-frame.ts';
import { redactedLines } from './redact.ts';
import { type LintedNotebook, summary } from './report.ts';

/** Colours a part of a line; the identity where there is no terminal. */
export type Style = (part: 'error' | 'warning' | 'info' | 'file' | 'quiet', text: string) => string;

/** Findings for a person at a terminal: each with its lines; the fix once for each rule and notebook. */
export function terminalReport(
  notebooks: readonly LintedNotebook[],
  style: Style = (_, text) => text,
): string {
  const blocks = notebooks.filter(({ result }) => result.findings.length + result.notes.length > 0);
  const parts = blocks.map((notebook) => notebookBlock(notebook, style));
  return [...parts, summary(notebooks)].join('\n\n');
}

function notebookBlock({ file, result }: LintedNotebook, style: Style): string {
  const { findings, cells, notes } = result;
  const lines = [style('file', file), ...notes.map((note) => `  note: ${note}`)];
  const explained = new Set<string>();
  for (const finding of findings) {
    const cell = cells[finding.cell];
    const own = findings.filter((one) => one.cell === finding.cell);
    const source = redactedLines(cell?.source ?? '', own);
    lines.push('', ...findingLines(finding, source, cell?.firstLine, style));
    if (!explained.has(finding.rule))
      lines.push(style('quiet', `      why: ${finding.why}`), `      fix: ${finding.fix}`);
    explained.add(finding.rule);
  }
  return lines.join('\n');
}

function findingLines(
  finding: Finding,
  source: readonly string[],
  firstLine: number | undefined,
  style: Style,
): string[] {
  const { severity, rule, message, cell, line } = finding;
  const place = firstLine === undefined ? `cell ${cell}, line ${line}` : `line ${firstLine + line - 1}`;
  const head = `  ${place}  ${style(severity, severity)}  ${message}  ${style('quiet', rule)}`;
  return [head, ...codeFrame(source, finding, severity === 'info' ? 0 : 1).map((text) => `    ${text}`)];
}
