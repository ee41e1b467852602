import type { Finding } from '../finding.ts';
import { RULES } from '../rules/index.ts';
import { allFindings, type LintedNotebook, summary } from './report.ts';

/** A report to put into a pull request or a wiki. */
export function markdownReport(notebooks: readonly LintedNotebook[]): string {
  const found = new Set(allFindings(notebooks).map(({ rule }) => rule));
  const rules = RULES.filter(({ id }) => found.has(id));
  return [
    '# Notebook lint',
    `${summary(notebooks)}.`,
    ...notebooks.map(notebookSection),
    ...(rules.length > 0 ? ['## What to do', ...rules.map(ruleSection)] : []),
  ]
    .join('\n\n')
    .concat('\n');
}

function notebookSection({ file, result: { findings, notes } }: LintedNotebook): string {
  const lines = [`## ${escaped(file)}`, '', ...notes.map((note) => `> ${escaped(note)}\n`)];
  if (findings.length === 0) return [...lines, 'Nothing found.'].join('\n');
  return [
    ...lines,
    '| cell | line | severity | rule | what |',
    '| ---: | ---: | --- | --- | --- |',
    ...findings.map(row),
  ].join('\n');
}

function row({ cell, line, severity, rule, message }: Finding): string {
  return `| ${cell} | ${line} | ${severity} | ${rule} | ${escaped(message)} |`;
}

function ruleSection({ id, why, fix }: (typeof RULES)[number]): string {
  return `**${id}.** ${why}\n${fix}`;
}

/** Text of a notebook inside a table: no cell ends, no HTML begins, no line breaks. */
function escaped(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
