import type { Finding } from '../finding.ts';
import type { Cell } from '../notebook/notebook.ts';
import { STYLE } from './html-style.ts';
import { redactedLines } from './redact.ts';
import { type LintedNotebook, summary } from './report.ts';

/** Longer cells are data: their lines without findings are left out. */
const MAX_LINES = 400;

/** One file without links to others: the notebooks' cells with the findings at their lines. */
export function htmlReport(notebooks: readonly LintedNotebook[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Notebook lint</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Notebook lint</h1>
<p>${escaped(summary(notebooks))}.</p>
${notebooks.map(notebookSection).join('\n')}
</body>
</html>
`;
}

function notebookSection({ file, result }: LintedNotebook): string {
  const { findings, cells, notes } = result;
  const shown = cells.filter(({ kind, source }) => kind === 'code' && source.trim() !== '');
  const byCell = Map.groupBy(findings, ({ cell }) => cell);
  return `<section>
<h2>${escaped(file)}</h2>
${notes.map((note) => `<p class="note">${escaped(note)}</p>`).join('\n')}
${shown.map((cell) => cellBlock(cell, byCell.get(cell.index) ?? [])).join('\n')}
</section>`;
}

function cellBlock(cell: Cell, findings: readonly Finding[]): string {
  const lines = redactedLines(cell.source, findings);
  const byLine = Map.groupBy(findings, ({ line }) => line);
  const rows = lines
    .map((text, index) => ({ text, line: index + 1 }))
    .filter(({ line }) => lines.length <= MAX_LINES || byLine.has(line))
    .map(({ text, line }) => lineRow(text, line, byLine.get(line) ?? []));
  const count = typeof cell.executionCount === 'number' ? ` [${cell.executionCount}]` : '';
  return `<article>
<h3>Cell ${cell.index}${count}</h3>
<div class="code">${rows.join('')}</div>
</article>`;
}

function lineRow(text: string, line: number, findings: readonly Finding[]): string {
  const worst = ['error', 'warning', 'info'].find((one) => findings.some(({ severity }) => severity === one));
  const marked = worst === undefined ? '' : ` class="${worst}"`;
  const code = `<span${marked}><b>${line}</b><code>${escaped(text)}</code></span>`;
  return code + findings.map(annotation).join('');
}

function annotation({ severity, rule, message, why, fix }: Finding): string {
  return `<details class="${severity}"><summary>${escaped(message)} <i>${escaped(rule)}</i></summary>${escaped(why)}<br>${escaped(fix)}</details>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
