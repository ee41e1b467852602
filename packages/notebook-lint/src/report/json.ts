import { allFindings, countBySeverity, type LintedNotebook } from './report.ts';

/** The document that `--json` prints. */
export function jsonReport(notebooks: readonly LintedNotebook[]) {
  const findings = allFindings(notebooks);
  return {
    findings,
    counts: countBySeverity(findings),
    notebooks: notebooks.map(({ file, result: { format, kernel, cells, notes, findings } }) => ({
      file,
      format,
      kernel,
      cells: cells.length,
      findings: findings.length,
      notes,
    })),
  };
}
